import AWS

/// E-mail addresses and passwords of root users, where this server made the passwords, in a file that only its owner can
/// read. Whoever has noted them elsewhere deletes it.
struct SignInFile {
    struct Entry {
        let account: AccountID
        let email, password: String
    }

    let path: String

    static let name = "root-sign-in"

    /// Adds to what the file holds already.
    func add(_ entries: [Entry]) throws {
        var text =
            PrivateText.read(path)
            ?? "# Root users of this Gatehouse sign in with these. Change the password at once, then delete this file.\n"
        for entry in entries {
            text += "account=\(entry.account) email=\(entry.email) password=\(entry.password)\n"
        }
        try PrivateText.write(text, to: path)
    }
}
