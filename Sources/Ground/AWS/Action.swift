/// An action as policies name it, such as `iam:CreateUser`. Services declare theirs as constants.
public struct Action: Hashable, Sendable, CustomStringConvertible {
    /// `iam`
    public let service: String
    /// `CreateUser`
    public let name: String

    public init(_ service: String, _ name: String) { (self.service, self.name) = (service, name) }

    public var description: String { service + ":" + name }
}
