/// A condition key with at most one value, such as `s3:prefix`.
///
/// A service's keys are constants written by `make generate` from the Service Authorization Reference, of this type or of
/// `MultivaluedKey` as the reference declares them: a misspelt key does not compile, nor does a list for a single value.
public struct SingleValuedKey: Sendable, Hashable {
    /// As published, such as `s3:prefix`.
    public let name: String
    /// For generated constants, which tell families of keys by functions of the tag, and the global keys below.
    @_spi(Declared)
    public init(_ name: String) { self.name = name }
}

/// A condition key declared `ArrayOf…`: a list, however many values come.
public struct MultivaluedKey: Sendable, Hashable {
    /// As published, such as `s3:prefix`.
    public let name: String
    /// As for `SingleValuedKey`.
    @_spi(Declared)
    public init(_ name: String) { self.name = name }
}

// The global keys that services fill; all others are the gate's.

extension SingleValuedKey {
    /// A tag in the request.
    public static func awsRequestTag(_ tag: String) -> SingleValuedKey { .init("aws:RequestTag/" + tag) }
    /// A tag of the resource.
    public static func awsResourceTag(_ tag: String) -> SingleValuedKey { .init("aws:ResourceTag/" + tag) }
    /// Where what a call makes lies, other than in the call's own Region.
    public static var awsRequestedRegion: SingleValuedKey { .init("aws:RequestedRegion") }
}

extension MultivaluedKey {
    /// The keys of the tags in the request.
    public static var awsTagKeys: MultivaluedKey { .init("aws:TagKeys") }
}
