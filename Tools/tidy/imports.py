"""Which module may import which. The numbered folders are the way of a request; imports are fewer.

Decision 0001 draws the map; each edge that is not on it is refused with the reason.
"""

import re

from tree import code

GROUND = {"AWS", "World", "Crypto", "Formats", "Catalogue", "HTTP", "Smithy", "Storage", "KeyVault", "KeyEngine", "PKCS11", "Blobs", "Pictures", "Federation", "WebAuthn"}
SYSTEM = {"Glibc", "Synchronization"}
STEPS = {
    "1-Edge": "Edge", "2-Wire": "Wire", "3-Authentication": "Authentication", "4-Authorization": "Authorization",
    "5-Dispatch": "Door", "7-Journal": "Journal", "8-Observers": "Observers",
}
# Ground modules that hold C memory or call the system, and the one step that does: the sockets.
C_FACING = {"World", "Crypto", "Formats", "Catalogue", "Storage", "KeyVault", "PKCS11", "Blobs", "Pictures", "Federation", "WebAuthn", "Edge"}

# Modules beside the way of a request, which put the engine to other uses: the simulator, the checks of policies, the
# making of policies from what was done (decision 0011).
ANALYSIS = {"Simulation", "PolicyChecks", "PolicyGeneration"}

# What a module may import beside Ground.
BEYOND_GROUND = {
    "Edge": set(), "Wire": set(), "Authentication": set(), "Authorization": set(), "Journal": set(),
    "Door": {"Authorization", "Authentication", "Wire", "Journal"},
    "Observers": {"Journal"},
}
WHY = {
    "Ground": "Ground lies below everything: what it imported could not be tested without the house above it.",
    "Edge": "The edge moves bytes; it knows no service and no caller, so that another edge can take its place.",
    "Wire": "Wire turns bytes into shapes and back; who calls and whether he may is none of its business.",
    "Authentication": "Authentication proves who calls, from raw bytes; it knows no operation and stores nothing.",
    "Authorization": "Authorization is pure: the same question and policies give the same decision, without a store.",
    "Journal": "The journal is written by the gate and read by services; it asks neither.",
    "Door": "The gate knows no service: services are handed to it, and no socket reaches past it.",
    "Observers": "Observers follow the journal; what they do is theirs to be given by a service.",
    "API": "Shapes are imported by everyone who calls the service; they bring nothing along.",
    "Analysis": "Analysis uses the engine and nothing else of the house, so that it works on files as on a running server.",
    "Service": "A service is reached through the gate alone: it imports the shapes of another, never the service.",
}

_IMPORT = re.compile(
    r"^[ \t]*((?:@[\w()]+[ \t]+)*)(?:(?:package|internal|private|fileprivate|public)[ \t]+)?"
    r"import[ \t]+(?:(?:struct|class|enum|protocol|func|var|let|typealias)[ \t]+)?(\w+)", re.M)


def module(path):
    """The module a source belongs to, and its kind: Ground, API, Service, Top (imports what it likes), or the step itself."""
    parts = path.split("/")
    if parts[1] == "Ground":
        return parts[2], "Ground"
    if parts[1] == "Analysis":
        return parts[2], "Analysis"
    if parts[1] == "6-Services":
        return parts[2] + parts[3], parts[3]
    if parts[1] in STEPS:
        return STEPS[parts[1]], STEPS[parts[1]]
    return parts[1], "Top"


def allowed(name, kind, imported):
    if imported in GROUND or imported in SYSTEM:
        return True
    if kind == "Service":
        # A service states its questions in Authorization's types and reads the caller in Authentication's.
        return imported.endswith("API") or imported in {"Door", "Journal", "Observers", "Authentication", "Authorization"} | ANALYSIS
    if kind == "Analysis":
        return imported == "Authorization"
    return imported in BEYOND_GROUND.get(kind, set())


def check(tree):
    for path, text in tree.swift("Sources/"):
        name, kind = module(path)
        for found in _IMPORT.finditer(code(text)):
            attributes, imported = found.groups()
            line = text[: found.start(2)].count("\n") + 1
            if "@testable" in attributes:
                yield f"{path}:{line}: @testable import. What only tests may see, only tests import."
            if kind == "Top":
                continue
            if re.fullmatch(r"C[A-Z]\w+", imported) and imported not in GROUND and not imported.endswith(("API", "Service")):
                if name not in C_FACING:
                    yield f"{path}:{line}: {name} imports {imported}. C is for Ground and the sockets; elsewhere memory is safe."
            elif imported == "Foundation":
                continue  # Told by the bans.
            elif not allowed(name, kind, imported):
                yield f"{path}:{line}: {name} imports {imported}. {WHY[kind]}"
