"""The rules against tiny trees: what each must find, and what it must leave alone."""

from tree import Tree, code

# (what it defends, files, the findings' beginnings, in order)
CASES = [
    ("a clean tree is left alone", {
        "Sources/1-Edge/Loop.swift": "import HTTP\nimport World\nimport COpenSSL\n",
        "Sources/5-Dispatch/Gate.swift": "public import Journal\nimport Wire\n",
        "Sources/6-Services/S3/Service/Get.swift": "import Door\nimport KMSAPI\nimport Blobs\n",
        "Sources/Gatehouse/House.swift": "import Edge\nimport IAMService\n",
    }, []),
    ("a step does not import another step", {
        "Sources/2-Wire/Codec.swift": "import Smithy\npublic import Authentication\n",
    }, ["Sources/2-Wire/Codec.swift:2: Wire imports Authentication. Wire turns bytes"]),
    ("Ground imports nothing above it", {
        "Sources/Ground/Blobs/Pool.swift": "internal import Journal\n",
    }, ["Sources/Ground/Blobs/Pool.swift:1: Blobs imports Journal. Ground lies below"]),
    ("the policy engine keeps its hands off the store's users", {
        "Sources/4-Authorization/Evaluator.swift": "import Door\n",
    }, ["Sources/4-Authorization/Evaluator.swift:1: Authorization imports Door."]),
    ("the gate knows no service and no socket", {
        "Sources/5-Dispatch/Gate.swift": "import IAMAPI\nimport Edge\n",
    }, ["Sources/5-Dispatch/Gate.swift:1: Door imports IAMAPI.", "Sources/5-Dispatch/Gate.swift:2: Door imports Edge."]),
    ("a service does not reach into another", {
        "Sources/6-Services/S3/Service/Put.swift": "import KMSService\n",
        "Sources/6-Services/S3/API/S3.swift": "import Door\n",
    }, ["Sources/6-Services/S3/API/S3.swift:1: S3API imports Door.",
        "Sources/6-Services/S3/Service/Put.swift:1: S3Service imports KMSService. A service is reached through the gate"]),
    ("analysis uses the engine alone, and services may use analysis", {
        "Sources/Analysis/Simulation/Simulator.swift": "import Authorization\nimport Catalogue\nimport Door\n",
        "Sources/6-Services/IAM/Service/Simulate.swift": "import Simulation\n",
    }, ["Sources/Analysis/Simulation/Simulator.swift:3: Simulation imports Door. Analysis uses the engine"]),
    ("C stays in Ground and at the sockets", {
        "Sources/3-Authentication/Sign.swift": "import COpenSSL\n",
        "Sources/Ground/Crypto/Digest.swift": "import COpenSSL\n",
    }, ["Sources/3-Authentication/Sign.swift:1: Authentication imports COpenSSL. C is for"]),
    ("every condition key is filled or has a reason", {
        "Sources/6-Services/S3/API/ConditionKeys.swift":
            'static var s3One: SingleValuedKey { .init("s3:one") }\nstatic var s3Two: SingleValuedKey {\n    .init("s3:two")\n}\n'
            'static var s3Three: SingleValuedKey { .init("s3:three") }\n',
        "Sources/6-Services/S3/Service/Get.swift": "ConditionEntry(.s3One, text)\n",
        "Tools/tidy/absent-keys.txt": "s3:three there is none\ns3:four there is none\n",
    }, ["Sources/6-Services/S3/API/ConditionKeys.swift:1: nobody fills s3:two.", "Tools/tidy/absent-keys.txt:1: s3:four is no key"]),
    ("tests alone see what is internal", {
        "Sources/Gatehouse/House.swift": "@testable import Door\n",
    }, ["Sources/Gatehouse/House.swift:1: @testable import."]),
    ("a mutation finds the one place that it breaks", {
        "Sources/4-Authorization/A.swift": "let a = 1\nlet b = 1\n",
        "Tools/mutation/mutations.txt": "= one\n@ A.swift\n- a = 1\n+ a = 2\n= none\n@ A.swift\n- c = 1\n+ c = 2\n"
        "= two\n@ A.swift\n- = 1\n+ = 2\n",
    }, ["Tools/mutation/mutations.txt:5: its text stands 0 times in Sources/4-Authorization/A.swift.",
        "Tools/mutation/mutations.txt:9: its text stands 2 times"]),
    ("an import in a comment or a string is none", {
        "Sources/2-Wire/Codec.swift": "// import Door\n/* import Door\nimport Door */\nlet text = \"\"\"\n    import Door\n    \"\"\"\n",
    }, []),
    ("time and chance come from World", {
        "Sources/Ground/AWS/ARN.swift": "let a = Date()\nlet b = UUID()\nlet c = Int.random(in: 0..<9)\n"
        "let d = Int.random(in: 0..<9, using: &source)\n",
        "Sources/Ground/World/Clock.swift": "let a = clock_gettime(CLOCK_REALTIME, &time)\n",
    }, ["Sources/Ground/AWS/ARN.swift:1: Date() (time).", "Sources/Ground/AWS/ARN.swift:2: UUID() (chance).",
        "Sources/Ground/AWS/ARN.swift:3: .random(in: (chance)."]),
    ("nobody sleeps, tests neither", {
        "Tests/EdgeTests/Slow.swift": "try await Task.sleep(for: .seconds(1))\nusleep(10)\nloop.sleep()\nfunc sleep() {}\n",
    }, ["Tests/EdgeTests/Slow.swift:1: Task.sleep (sleep).", "Tests/EdgeTests/Slow.swift:2: usleep(1 (sleep)."]),
    ("the environment is the command line's", {
        "Sources/1-Edge/Limits.swift": "let a = getenv(\"A\")\n",
        "Sources/Gatehouse/ProcessEnvironment.swift": "let a = getenv(\"A\")\n",
    }, ["Sources/1-Edge/Limits.swift:1: getenv (environment)."]),
    ("Foundation stays out of the server", {
        "Sources/6-Services/IAM/Service/User.swift": "import Foundation\n",
        "Sources/Codegen/Model.swift": "import Foundation\n",
        "Tests/IAMTests/UserTests.swift": "import Foundation\n",
    }, ["Sources/6-Services/IAM/Service/User.swift:1: import Foundation (Foundation)."]),
    ("nothing is forced", {
        "Sources/Ground/AWS/ARN.swift": "let a = try! b()\nlet c = d as! E\nfatalError(\"no\")\nlet text = \"try! as!\" // try!\n",
    }, ["Sources/Ground/AWS/ARN.swift:1: try! (force).", "Sources/Ground/AWS/ARN.swift:2: as! (force).",
        "Sources/Ground/AWS/ARN.swift:3: fatalError (force)."]),
    ("libraries do not print", {
        "Sources/7-Journal/Journal.swift": "print(\"x\")\njson.print(x)\nlet a = \"\\(print(1))\"\n",
        "Sources/Gatehouse/main.swift": "print(\"x\")\n",
    }, ["Sources/7-Journal/Journal.swift:1: print( (print).", "Sources/7-Journal/Journal.swift:3: print( (print)."]),
    ("what modules share is public", {
        "Sources/Ground/AWS/ARN.swift": "package struct ARN {}\nlet a = \"package struct\"\n/// package\n",
    }, ["Sources/Ground/AWS/ARN.swift:1: package (package)."]),
    ("nothing is left for later, in any file", {
        "Tools/demo": "# TO" + "DO: more\n",
        "Sources/Ground/AWS/ARN.swift": "// FIX" + "ME\n",
    }, ["Sources/Ground/AWS/ARN.swift:1: FIX" + "ME (later).", "Tools/demo:1: TO" + "DO (later)."]),
    ("the tree names no machine", {
        "Makefile": "all:\n\tcp /home/me/key .\n\tpip install --index-url x\n\tcurl http://10.1.2.3/\n\tuse https://127.0.0.1:4566 ./data/work/x\n",
    }, ["Makefile:2: /home/m (machine).", "Makefile:3: --index-url (machine).", "Makefile:4: http://10. (machine)."]),
    ("leave has a reason and is given back", {
        "Tools/tidy/allowed.txt": "# why\nSources/Ground/AWS/ARN.swift force it is measured\nSources/Ground/AWS/Gone.swift time none\n",
        "Sources/Ground/AWS/ARN.swift": "let a = try! b()\n",
    }, ["Tools/tidy/allowed.txt:1: Sources/Ground/AWS/Gone.swift needs no leave for 'time'"]),
    ("unchecked promises are listed", {
        "Tools/tidy/unchecked.txt": "Sources/Ground/World/Lock.swift is the lock\nSources/Ground/World/Old.swift gone\nSources/Ground/World/Mute.swift\n",
        "Sources/Ground/World/Lock.swift": "final class Lock: @unchecked Sendable {}\n",
        "Sources/Ground/World/Mute.swift": "final class Mute: @unchecked Sendable {}\n",
        "Sources/1-Edge/Loop.swift": "\nnonisolated(unsafe) var a = 1\n",
    }, ["Sources/1-Edge/Loop.swift:2: nonisolated(unsafe) outside", "Tools/tidy/unchecked.txt:1: Sources/Ground/World/Mute.swift gives no reason",
        "Tools/tidy/unchecked.txt:1: Sources/Ground/World/Old.swift promises nothing"]),
    ("long files are parted, listed or generated", {
        "Tools/tidy/long.txt": "Tests/WireTests/Golden.swift one table\nTests/WireTests/Short.swift one table\n",
        "Sources/Ground/AWS/ARN.swift": "//\n" * 401,
        "Sources/Ground/AWS/Region.swift": "//\n" * 400,
        "Sources/6-Services/S3/API/Errors.swift": "//\n" * 900,
        "Tests/WireTests/Golden.swift": "//\n" * 900,
    }, ["Sources/Ground/AWS/ARN.swift:401: 401 lines.", "Tools/tidy/long.txt:1: Tests/WireTests/Short.swift is not too long"]),
    ("what is undocumented does not grow", {
        "Tools/tidy/ratchet.json": "{\"undocumented\": 1}",
        "Sources/Ground/AWS/ARN.swift": "public struct ARN {\n    public let a: Int\n}\n",
    }, ["Tools/tidy/ratchet.json:1: 2 `public` declarations"]),
    ("a comment covers the declarations that follow it", {
        "Tools/tidy/ratchet.json": "{\"undocumented\": 0}",
        "Sources/Ground/AWS/ARN.swift": "/// A name.\n@frozen\npublic struct ARN {\n    /// Where.\n    public let a: Int\n    public let b: Int\n}\n"
        "public import World\n",
    }, []),
]

SCANNER = [
    ('let a = "x\\"y" // "z\nb', 'let a = "    "      \nb'),
    ('"\\(a("b"))c"', '"  a(" ")  "'),
    ('#"\\(a)"# + b', '#"    "# + b'),
    ("/* a /* b */ c */ d", "                  d"),
]


def run(findings):
    failed = 0
    for text, expected in SCANNER:
        if code(text) != expected:
            failed += 1
            print(f"scanner: {text!r}\n  gives {code(text)!r}\n  not   {expected!r}")
    for name, files, expected in CASES:
        found = findings(Tree(files))
        if len(found) != len(expected) or not all(text.startswith(start) for text, start in zip(found, sorted(expected))):
            failed += 1
            print(f"{name}:")
            print("".join(f"  expected {start}\n" for start in sorted(expected)) + "".join(f"  found    {text}\n" for text in found), end="")
    print(f"tidy: {len(CASES) + len(SCANNER)} cases of its own, {failed} failed." if failed else f"tidy: its own {len(CASES) + len(SCANNER)} cases hold.")
    return 1 if failed else 0
