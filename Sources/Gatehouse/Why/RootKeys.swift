/// The root user's keys, as a command on the server's machine finds them.
enum RootKeys {
    /// From the environment, or from the data folder. Nil where they are in neither.
    static func read(_ folder: String, _ environment: [String: String]) throws -> ServerClient.Keys? {
        if let id = environment["GATEHOUSE_ROOT_ACCESS_KEY_ID"],
            let secret = environment["GATEHOUSE_ROOT_SECRET_ACCESS_KEY"]
        {
            return ServerClient.Keys(id: id, secret: secret)
        }
        return try CredentialsFile(path: folder + "/" + CredentialsFile.name).read().map {
            ServerClient.Keys(id: $0.accessKeyID, secret: $0.secret)
        }
    }
}
