import Authentication
import Door
import S3API
import Storage

/// An object for a caller who came in the right way, and with the customer's key where it lies under one.
struct ObjectAccess: Sendable {
    let object: StoredObject
    let content: ObjectContent
    let place: ObjectPlace
    /// That came with the request.
    let customerKey: CustomerKey?

    /// - Parameter content: nil where there is no object.
    init(
        _ input: some CustomerKeyInput, version: String?, _ content: ObjectContent?,
        under permit: borrowing Permit<ObjectTarget>
    ) throws {
        try self.init(input, version: version, content, of: permit.target, permit.hint, permit.facts)
    }

    /// - Parameter content: nil where there is no object.
    /// - Parameter hint: whether the caller may know that there is none.
    init(
        _ input: some CustomerKeyInput, version: String?, _ content: ObjectContent?, of target: ObjectTarget,
        _ hint: Verdict?, _ facts: RequestFacts
    ) throws {
        if input.bringsKey { try ProtectedCall.checkForCustomerKey(facts) }
        customerKey = try CustomerKey(reading: input)
        object = try target.required(hint, version: version)
        guard let content else { throw Damaged.object(object.content) }
        (self.content, place) = (content, try target.place())
        try check(facts)
    }

    /// What S3 asks of the caller before KMS is asked for the key of the content.
    private func check(_ facts: RequestFacts) throws {
        switch content.protection {
        case .s3: if customerKey != nil { throw Refused.keyNotApplicable }
        case .kms:
            if customerKey != nil { throw Refused.keyNotApplicable }
            try ProtectedCall.checkForKMS(facts)
        case .customer(let kept):
            guard let customerKey else { throw Refused.keyMissing }
            try kept.compare(customerKey)
        }
    }
}
