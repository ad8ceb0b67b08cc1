// Debian's libxml2 names ICU's types in one structure we never touch; Foundation brings another ICU, and Swift accepts
// only one definition of a type.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
