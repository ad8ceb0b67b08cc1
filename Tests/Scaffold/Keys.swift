/// An access key and what belongs to it.
public struct Keys: Sendable, Equatable {
    public var id: String
    public var secret: String
    public var token: String?

    public init(id: String, secret: String, token: String? = nil) {
        (self.id, self.secret, self.token) = (id, secret, token)
    }
}
