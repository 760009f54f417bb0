//===- Namespaces.h - What fills each namespace of acl --------------------===//
#ifndef OPENATC_PYTHON_NAMESPACES_H
#define OPENATC_PYTHON_NAMESPACES_H

#include "Bind.h"

namespace openatc::python {

void bindBase(Scope &acl);
void bindDescriptions(Scope &acl);
void bindRuntime(Scope &rt);
void bindCallbacks(Scope &rt);
void bindModels(Scope &mdl);
void bindAipp(Scope &mdl);
void bindModelConfig(Scope &mdl);
void bindOperators(Scope &op);
void bindProducts(Scope &blas);
void bindMedia(Scope &media);
void bindProfiling(Scope &prof);
void bindUtilities(Scope &util);

} // namespace openatc::python

#endif // OPENATC_PYTHON_NAMESPACES_H
