// libxml2's SAX interface. Debian's build names ICU's types in its headers, and those clash with the ICU of Swift's
// Foundation; no structure we touch depends on them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>
#include <libxml/xmlerror.h>
