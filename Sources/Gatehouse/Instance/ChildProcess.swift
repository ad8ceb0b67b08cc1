import CSystem
import Glibc
import World

/// The application on an instance: a program of its own, with the settings of an instance and no keys.
struct ChildProcess: Sendable {
    private let id: Int32

    /// - Parameter words: the program, found by PATH, and its arguments.
    /// - Parameter settings: all of its environment.
    init(_ words: [String], _ settings: [String: String]) throws {
        var bytes: [UInt8] = []
        for text in words + settings.map({ $0.key + "=" + $0.value }) {
            guard !text.utf8.contains(0) else { throw SetupError("an argument holds a zero byte") }
            bytes += Array(text.utf8) + [0]
        }
        let started = bytes.withUnsafeBytes { raw in
            gh_spawn(raw.bindMemory(to: CChar.self).baseAddress, raw.count, words.count, settings.count)
        }
        guard started > 0 else {
            throw SetupError("cannot run \(words.first ?? ""): \(SystemFault.text(-started))")
        }
        id = started
    }

    /// Asks it to end.
    func stop() { _ = gh_signal(id, SIGTERM) }

    /// Waits, on this thread, for its end; its exit status.
    func wait() -> Int32 { gh_wait(id) }

    /// An instance's settings out of those of whoever runs it: nothing that names keys, and where to get them.
    static func settings(
        _ environment: [String: String], server: String, metadata: String, region: String
    ) -> [String: String] {
        var settings = environment.filter { name, _ in !isOfKeys(name) }
        settings["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata
        settings["AWS_ENDPOINT_URL"] = server
        settings["AWS_DEFAULT_REGION"] = region
        settings["AWS_REGION"] = region
        // The files of the person at this machine are not the instance's.
        settings["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
        settings["AWS_CONFIG_FILE"] = "/dev/null"
        return settings
    }

    private static func isOfKeys(_ name: String) -> Bool {
        let names: Set<String> = [
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE",
            "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CREDENTIAL_FILE", "AWS_EC2_METADATA_DISABLED",
        ]
        return names.contains(name) || name.hasPrefix("AWS_CONTAINER_") || name.hasPrefix("GATEHOUSE_")
    }
}
