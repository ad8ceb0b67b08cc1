import Foundation

/// `Codegen/models.lock`: which release of botocore, and which bytes of each model.
struct ModelsLock {
    struct Entry {
        let service, folder, version, digest: String
    }

    let release: String
    let entries: [Entry]

    init(_ text: String) throws {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: " ").map(String.init)
        }
        guard let first = lines.first, first.count == 2, first[0] == "botocore" else {
            throw Failure("models.lock does not begin with botocore's version")
        }
        release = first[1]
        entries = try lines.dropFirst().map { words in
            guard words.count == 4 else { throw Failure("models.lock: \(words.joined(separator: " "))") }
            return Entry(service: words[0], folder: words[1], version: words[2], digest: words[3])
        }
    }

    /// The model's JSON, unpacked and checked against its digest.
    func model(_ entry: Entry, in botocore: String) throws -> [UInt8] {
        let path = "\(botocore)/data/\(entry.folder)/\(entry.version)/service-2.json.gz"
        let bytes = try output(of: ["gzip", "-dc", path])
        let digest = SHA256.hexDigest(of: [UInt8](bytes))
        guard digest == entry.digest else {
            throw Failure("\(path) has SHA-256 \(digest), models.lock says \(entry.digest)")
        }
        return [UInt8](bytes)
    }

    /// Refuses a botocore of another release than the lock names.
    func checkRelease(of botocore: String) throws {
        let source = try String(contentsOfFile: botocore + "/__init__.py", encoding: .utf8)
        guard source.contains("__version__ = '\(release)'") || source.contains("__version__ = \"\(release)\"") else {
            throw Failure("\(botocore) is not botocore \(release)")
        }
    }

    private func output(of command: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("\(command.joined(separator: " ")) failed") }
        return data
    }
}
