import Foundation
import Testing

/// What a crash leaves: the files of a data folder as they are at one moment.
enum Wreck {
    /// Called while the writer is held: nothing but a checkpoint then moves, whose frames the log still has.
    static func copy(_ folder: String, to copy: String) {
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: copy, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            // The index of the log is made anew, and the lock is held by nobody.
            for name in try files.contentsOfDirectory(atPath: folder)
            where name != "gatehouse.db-shm" && name != "lock" {
                try files.copyItem(atPath: folder + "/" + name, toPath: copy + "/" + name)
            }
        } catch {
            Issue.record("the wreck could not be copied: \(error)")
        }
    }

    /// A path in memory where there is one: what a crash of the process leaves is the same there.
    static func path() -> String {
        let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        return parent + "/storm-" + UUID().uuidString
    }
}
