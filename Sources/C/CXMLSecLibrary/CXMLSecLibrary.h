// xmlsec1 with OpenSSL, and libxml2 under it. Only CXMLSec includes them.
#include <xmlsec/xmlsec.h>
