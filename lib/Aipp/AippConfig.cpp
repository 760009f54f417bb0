//===- AippConfig.cpp - The text of --insert_op_conf ----------------------===//
#include "openatc/Aipp/AippConfig.h"
#include "AippFields.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

using namespace openatc;
using namespace openatc::aipp;

double AippOp::number(std::string_view field, double otherwise) const {
  auto it = fields.find(field);
  return it == fields.end() ? otherwise : it->second.number;
}

std::string_view AippOp::word(std::string_view field) const {
  auto it = fields.find(field);
  return it == fields.end() ? std::string_view() : std::string_view(it->second.word);
}

bool AippOp::add(std::string_view field, FieldValue value) {
  return fields.emplace(field, std::move(value)).second;
}

static std::string located(std::string_view file, int line, std::string_view text) {
  return std::string(file) + ":" + std::to_string(line) + ": " + std::string(text);
}

Status AippOp::error(std::string_view field, std::string_view text) const {
  auto it = fields.find(field);
  return Status::error(located(file, it == fields.end() ? line : it->second.line, text));
}

/// A range's end as a person writes it: 4096, -32768, 65504.
static std::string plain(double value) { return std::to_string(static_cast<long long>(value)); }

static std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

namespace {

class Parser {
public:
  Parser(std::string_view text, std::string_view file) : text(text), file(file) {}

  Expected<std::vector<AippOp>> run() {
    std::vector<AippOp> ops;
    OPENATC_TRY(advance());
    while (!token.empty()) {
      if (token != "aipp_op")
        return error("expected 'aipp_op', found " + quoted(token));
      AippOp op{std::string(file), tokenLine};
      OPENATC_TRY(advance());
      // Text format allows a colon before a message.
      if (token == ":")
        OPENATC_TRY(advance());
      OPENATC_TRY(expect("{"));
      while (token != "}") {
        if (token.empty())
          return error("the block is not closed: '}' is missing");
        OPENATC_TRY(field(op));
      }
      OPENATC_TRY(advance());
      OPENATC_TRY(checkBlock(op));
      ops.push_back(std::move(op));
    }
    if (ops.empty())
      return error("there is no aipp_op block");
    return ops;
  }

private:
  std::string_view text, file;
  size_t pos = 0;
  int line = 1, tokenLine = 1;
  std::string_view token; ///< empty at the end of the text

  Status error(std::string_view what) const {
    return Status::error(located(file, tokenLine, what));
  }

  static bool isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || c == '+';
  }

  /// Reads the next token: a word or number, a quoted string, or one of `: { } , ;`.
  Status advance() {
    while (pos < text.size()) {
      char c = text[pos];
      if (c == '#')
        while (pos < text.size() && text[pos] != '\n')
          ++pos;
      else if (c == '\n' || c == ' ' || c == '\t' || c == '\r')
        line += text[pos++] == '\n';
      else
        break;
    }
    tokenLine = line;
    token = text.substr(pos, 0);
    if (pos == text.size())
      return Status::success();
    size_t end = pos;
    if (text[pos] == '"' || text[pos] == '\'') {
      end = text.find_first_of(std::string{text[pos], '\n'}, pos + 1);
      if (end == std::string_view::npos || text[end] == '\n')
        return error("the string is not closed");
      ++end;
    } else if (isWord(text[pos])) {
      while (end < text.size() && isWord(text[end]))
        ++end;
    } else if (std::string_view(":{},;").find(text[pos]) != std::string_view::npos) {
      ++end;
    } else if (text.substr(pos).starts_with("\xEF\xBC\x9A")) {
      return error("a full-width colon stands where ':' is needed; replace it");
    } else {
      unsigned char byte = text[pos];
      return error(byte > 0x20 && byte < 0x7F
                       ? "unexpected character " + quoted(text.substr(pos, 1))
                       : "unexpected byte " + std::to_string(byte));
    }
    token = text.substr(pos, end - pos);
    pos = end;
    return Status::success();
  }

  Status expect(std::string_view what) {
    if (token != what)
      return error("expected " + quoted(what) +
                   (token.empty() ? ", found the end of the file" : ", found " + quoted(token)));
    return advance();
  }

  Status field(AippOp &op) {
    const FieldSpec *spec = findField(token);
    if (!spec) {
      std::string_view closest = closestField(token);
      return error("unknown field " + quoted(token) +
                   (closest.empty() ? "" : ", did you mean " + quoted(closest) + "?"));
    }
    FieldValue value;
    value.line = tokenLine;
    if (op.has(spec->name))
      return error("field " + quoted(spec->name) + " is given twice");
    OPENATC_TRY(advance());
    OPENATC_TRY(expect(":"));
    OPENATC_TRY(readValue(*spec, value));
    int line = value.line;
    op.add(spec->name, std::move(value));
    OPENATC_TRY(advance());
    // What was read as the value is the next field's name.
    if (token == ":")
      return Status::error(located(file, line, "field " + quoted(spec->name) + " has no value"));
    // Text format allows one separator after a field.
    return token == "," || token == ";" ? advance() : Status::success();
  }

  /// Converts the current token to the field's kind and checks its range.
  Status readValue(const FieldSpec &spec, FieldValue &value) const {
    std::string name(spec.name);
    if (token.empty() || token == "}" || token == ":" || token == "{")
      return error("field " + quoted(name) + " has no value");
    bool isString = token[0] == '"' || token[0] == '\'';
    if (isString != (spec.kind == FieldKind::String))
      return error("field " + quoted(name) +
                   (isString ? " does not take a string" : " needs a string in quotes"));
    switch (spec.kind) {
    case FieldKind::String:
      value.word = token.substr(1, token.size() - 2);
      return Status::success();
    case FieldKind::Enumerator:
      value.word = token;
      return Status::success();
    case FieldKind::Boolean:
      if (token != "true" && token != "false")
        return error("field " + quoted(name) + " must be true or false, not " + quoted(token));
      value.number = token == "true";
      return Status::success();
    case FieldKind::Integer: {
      long long number = 0;
      auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), number);
      // A number too large for the type is out of every range as well.
      if (end != token.data() + token.size() || code == std::errc::invalid_argument)
        return error("field " + quoted(name) + " needs an integer, not " + quoted(token));
      value.number = code == std::errc() ? static_cast<double>(number) : HUGE_VAL;
      break;
    }
    case FieldKind::Float: {
      std::string copy(token);
      char *end = nullptr;
      value.number = std::strtof(copy.c_str(), &end);
      if (*end == 'f' && end != copy.c_str())
        ++end;
      if (end != copy.c_str() + copy.size() || copy.find_first_of("xX") != std::string::npos)
        return error("field " + quoted(name) + " needs a number, not " + quoted(token));
      break;
    }
    }
    if (!(value.number >= spec.low && value.number <= spec.high))
      return error("field " + quoted(name) + " must lie in " + plain(spec.low) + ".." +
                   plain(spec.high) + ", not " + std::string(token));
    return Status::success();
  }

  /// What a block must say whatever the network looks like.
  Status checkBlock(const AippOp &op) const {
    if (!op.has("aipp_mode"))
      return op.error("", "the block has no 'aipp_mode'; it must be static or dynamic");
    if (!op.isDynamic() && op.word("aipp_mode") != "static")
      return op.error("aipp_mode",
                      "'aipp_mode' must be static or dynamic, not " + quoted(op.word("aipp_mode")));
    if (op.has("related_input_name"))
      return op.error("related_input_name",
                      "'related_input_name' is for Caffe models; use 'related_input_rank'");
    if (op.number("input_edge_idx") != 0)
      return op.error("input_edge_idx", "'input_edge_idx' other than 0 is not supported: an input "
                                        "feeds all of its nodes through the one AIPP");
    if (op.isDynamic()) {
      if (op.number("max_src_image_size") > 0)
        return Status::success();
      return op.error("max_src_image_size", "dynamic AIPP needs 'max_src_image_size', the bytes of "
                                            "the largest pictures of a run, greater than 0");
    }
    if (!op.has("input_format"))
      return op.error("", "the block has no 'input_format', which static AIPP needs");
    // Reserved stages that would change the result are never ignored.
    if (op.flag("resize"))
      return op.error("resize", "'resize' is reserved: current chips do not resize in AIPP; pass "
                                "pictures of the right size, or crop and pad");
    for (std::string_view reserved : {"single_line_mode", "rotation_angle"})
      if (op.number(reserved) != 0)
        return op.error(reserved, quoted(reserved) + " is reserved and not supported");
    return Status::success();
  }
};

} // namespace

Expected<std::vector<AippOp>> openatc::aipp::parseAippConfig(std::string_view text,
                                                             std::string_view fileName) {
  return Parser(text, fileName).run();
}
