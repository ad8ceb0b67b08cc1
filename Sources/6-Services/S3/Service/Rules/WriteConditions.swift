/// The conditions of a PUT or DELETE: asked before the body is read, and again in the transaction.
/// - Source: S3 User Guide, "Add preconditions to S3 operations with conditional requests".
enum WriteConditions {
    /// For a PUT. Throws where a condition does not hold.
    static func check(ifMatch: String?, ifNoneMatch: String?, key: String, _ object: StoredObject?) throws {
        if let ifNoneMatch {
            guard ifNoneMatch == "*" else { throw Refused.header("If-None-Match") }
            guard ifMatch == nil else { throw Refused.header("If-Match") }
            guard object == nil else { throw Refused.precondition("If-None-Match") }
        }
        guard let ifMatch else { return }
        guard let object else { throw Refused.noSuchKey(key) }
        guard EntityTag.matches(ifMatch, object.etag) else { throw Refused.precondition("If-Match") }
    }

    /// For a DELETE.
    static func check(ifMatch: String?, _ object: StoredObject?) throws {
        guard let ifMatch else { return }
        guard let object, EntityTag.matches(ifMatch, object.etag) else { throw Refused.precondition("If-Match") }
    }
}
