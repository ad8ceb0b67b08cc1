package import AWS
package import Journal

/// How a call is told in CloudTrail where the shape alone does not say it.
package struct Recording: Sendable {
    package enum Elements: Sendable {
        /// The shape in lower camel case, without what is sensitive.
        case shape
        case none
        /// A JSON object made by the operation.
        case json([UInt8])
    }

    /// Nil: the operation's name.
    package var eventName: String?
    package var category: Event.Category
    /// Nil: by the operation's name.
    package var isReadOnly: Bool?
    package var request: Elements
    package var additionalData: [UInt8]?
    package var resources: [Event.Resource]
    package var subjects: [Event.Subject]
    /// The account that owns what the call is about; it receives the records of anonymous callers.
    package var owner: AccountID?

    package init(
        eventName: String? = nil, category: Event.Category = .management, isReadOnly: Bool? = nil,
        request: Elements = .shape,
        additionalData: [UInt8]? = nil, resources: [Event.Resource] = [], subjects: [Event.Subject] = [],
        owner: AccountID? = nil
    ) {
        (self.eventName, self.category, self.isReadOnly) = (eventName, category, isReadOnly)
        (self.request, self.additionalData, self.resources, self.subjects) = (
            request, additionalData, resources, subjects
        )
        self.owner = owner
    }

    package static let shape = Recording()
}
