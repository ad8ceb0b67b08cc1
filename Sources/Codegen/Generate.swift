import Foundation

/// Writes `Sources/6-Services/*/API` from the models that `Codegen/models.lock` names.
///
/// Run from the root of the repository: `gatehouse-codegen PATH-OF-BOTOCORE`, the folder that holds `data`.
/// Writes only what changed and removes what is no longer generated, so that running it twice changes nothing.
@main
struct Generate {
    static func main() {
        do {
            guard CommandLine.arguments.count == 2 else {
                throw Failure("usage: gatehouse-codegen PATH-OF-BOTOCORE, from the root of the repository")
            }
            try generate(from: CommandLine.arguments[1])
        } catch {
            FileHandle.standardError.write(Data("gatehouse-codegen: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func generate(from botocore: String) throws {
        let lock = try ModelsLock(String(contentsOfFile: "Codegen/models.lock", encoding: .utf8))
        try lock.checkRelease(of: botocore)
        for entry in lock.entries {
            var model = try ModelParser.model(JSONTree(lock.model(entry, in: botocore)))
            let servicePatches = patches[entry.service] ?? []
            for patch in servicePatches { try patch.apply(to: &model) }
            let list = try String(contentsOfFile: "Codegen/operations/\(entry.service).txt", encoding: .utf8)
            let graph = try ShapeGraph(
                model, operations: list.split(separator: "\n").map(String.init),
                extraErrors: Patch.extraErrors(servicePatches))
            var files = try ServiceWriter(name: entry.service, folder: entry.folder, graph: graph).files()
            if let keys = try ConditionKeyWriter.text(of: entry.folder) { files.append(("ConditionKeys.swift", keys)) }
            try write(files, to: "Sources/6-Services/\(entry.service)/API")
            print("\(entry.service): \(graph.operations.count) operations, \(files.count) files")
        }
    }

    private static func write(_ files: [(path: String, text: String)], to folder: String) throws {
        let manager = FileManager.default
        var stale = Set(
            manager.enumerator(atPath: folder)?.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") } ?? [])
        for (path, text) in files {
            stale.remove(path)
            let full = folder + "/" + path
            if let old = try? String(contentsOfFile: full, encoding: .utf8), old == text { continue }
            let parent = String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)])
            try manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try text.write(toFile: full, atomically: true, encoding: .utf8)
        }
        for path in stale { try manager.removeItem(atPath: folder + "/" + path) }
    }
}
