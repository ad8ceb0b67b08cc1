/// An authentication error as a client sees it. Each protocol of Wire writes it in its own form.
package struct Refusal: Sendable, Hashable {
    /// Extra elements of S3's error document, in order.
    package struct Detail: Sendable, Hashable {
        package let name: String
        package let value: String
        init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    package let code: String
    package let status: Int
    package let message: String
    package let details: [Detail]

    init(_ code: String, _ status: Int, _ message: String, _ details: [Detail] = []) {
        (self.code, self.status, self.message, self.details) = (code, status, message, details)
    }
}
