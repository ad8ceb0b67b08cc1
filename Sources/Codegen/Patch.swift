/// A correction of a model. Each has its reason beside it; there is no other way to deviate from the model.
struct Patch {
    enum Change {
        /// Sets the limits of a shape; nil leaves the limit as it is.
        case limits(shape: String, min: Int?, max: Int?)
        case pattern(shape: String, String?)
        /// Words that an enumeration has besides those of the model.
        case words(shape: String, [String])
        /// An enumeration that takes any word: the service itself judges it, with an error of its own.
        case anyWord(shape: String)
        case required(structure: String, member: String)
        case optional(structure: String, member: String)
        /// Adds an error, or gives one of the model its code and status.
        case error(String, code: String, status: Int)
        /// The root element of a REST answer.
        case root(operation: String, String)
        case readOnly(operation: String)
        /// Records and errors do not show it.
        case sensitive(shape: String)
        /// The status of a success.
        case status(operation: String, Int)
        /// An operation that takes a body without a digest.
        case checksumOptional(operation: String)
    }

    let change: Change
    let reason: String

    init(_ change: Change, because reason: String) { (self.change, self.reason) = (change, reason) }

    /// Fails where the model has no such shape or operation, so that a patch never outlives its cause unseen.
    func apply(to model: inout Model) throws {
        switch change {
        case .limits(let name, let min, let max):
            try edit(name, in: &model) { ($0.minimum, $0.maximum) = (min ?? $0.minimum, max ?? $0.maximum) }
        case .pattern(let name, let pattern):
            try edit(name, in: &model) { $0.pattern = pattern }
        case .words(let name, let words):
            try edit(name, in: &model) { $0.values += words }
        case .anyWord(let name):
            try edit(name, in: &model) { $0.values = [] }
        case .sensitive(let name):
            try edit(name, in: &model) { $0.isSensitive = true }
        case .required(let name, let member):
            try edit(name, in: &model) { $0.required.insert(member) }
        case .optional(let name, let member):
            try edit(name, in: &model) { $0.required.remove(member) }
        case .error(let name, let code, let status):
            var shape = model.shapes[name] ?? ModelShape(name: name, kind: "structure")
            (shape.isException, shape.errorCode, shape.errorStatus) = (true, code, status)
            model.shapes[name] = shape
        case .root(let name, let root):
            guard model.operations[name] != nil else { throw Failure("a patch names the operation \(name)") }
            model.operations[name]?.resultWrapper = root
        case .readOnly(let name):
            guard model.operations[name] != nil else { throw Failure("a patch names the operation \(name)") }
            model.operations[name]?.isReadOnly = true
        case .status(let name, let status):
            guard model.operations[name] != nil else { throw Failure("a patch names the operation \(name)") }
            model.operations[name]?.status = status
        case .checksumOptional(let name):
            guard model.operations[name]?.checksumRequired == true else {
                throw Failure("a patch names the checksum of \(name)")
            }
            model.operations[name]?.checksumRequired = false
        }
    }

    private func edit(_ name: String, in model: inout Model, _ change: (inout ModelShape) -> Void) throws {
        guard var shape = model.shapes[name] else { throw Failure("a patch names the shape \(name)") }
        change(&shape)
        model.shapes[name] = shape
    }

    /// Errors that services throw although no operation of the model lists them.
    static func extraErrors(_ patches: [Patch]) -> [String] {
        patches.compactMap { if case .error(let name, _, _) = $0.change { name } else { nil } }
    }
}

/// All patches, by service.
let patches: [String: [Patch]] = [
    "IAM": iamPatches, "STS": stsPatches, "S3": s3Patches, "S3Control": s3ControlPatches,
    "CloudTrail": cloudTrailPatches, "AccessAnalyzer": accessAnalyzerPatches, "KMS": kmsPatches,
    "SecretsManager": secretsManagerPatches, "SSM": ssmPatches,
]
