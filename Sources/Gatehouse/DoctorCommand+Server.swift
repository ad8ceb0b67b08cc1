import World

/// What a server that has the data open tells of itself: its data cannot be looked at beside it.
extension DoctorCommand {
    static func running(_ folder: String, _ process: String, _ environment: [String: String]) -> [Finding] {
        var findings: [Finding] = []
        if let url = Endpoint.url(folder) {
            do {
                let access = try ServerAccess(folder, environment, holder: process)
                findings += try told(access.client(), url)
                findings += try staleKeys(folder, access.client())
            } catch {
                findings.append(.note("what the server at \(url) says of its keys: \(error)"))
            }
        }
        findings.append(
            .note(
                "process \(process) has the data open: stop it and run gatehouse doctor again to have the journal, the policies "
                    + "of past decisions and the contents of objects checked"))
        return findings
    }

    private static func told(_ client: ServerClient, _ url: String) throws -> [Finding] {
        let (status, body) = try client.get(ProtectionStatus.path, at: SystemClock().wallTime())
        guard status == 200, let protection = try? ToldProtection(body) else {
            throw SetupError("it answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
        }
        return [
            Finding(what: "the server at \(url) answers", problem: nil),
            Finding(what: protection.text, problem: protection.problem),
            Finding(
                what: "memory of the server's keys",
                problem: protection.isMemoryLocked
                    ? nil : "it cannot be locked, and may reach the swap: \(ProtectionStatus.remedyOfMemory)"),
        ]
    }

    /// The shell's keys may be good while those in the folder are not.
    private static func staleKeys(_ folder: String, _ client: ServerClient) throws -> [Finding] {
        guard let keys = try CallerKeys.root(folder, [:]), try !client.knows(keys.id) else { return [] }
        return [
            .note("\(keys.name) is not known to the server, or is inactive: remove the file if you deleted the key")
        ]
    }
}
