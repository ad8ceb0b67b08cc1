/// An authentication error as a client sees it. Each protocol of Wire writes it in its own form.
public struct Refusal: Sendable, Hashable {
    /// Extra elements of S3's error document, in order.
    public struct Detail: Sendable, Hashable {
        public let name: String
        public let value: String
        init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    public let code: String
    public let status: Int
    public let message: String
    public let details: [Detail]

    init(_ code: String, _ status: Int, _ message: String, _ details: [Detail] = []) {
        (self.code, self.status, self.message, self.details) = (code, status, message, details)
    }
}
