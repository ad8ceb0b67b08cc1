/// An action as policies name it, such as `iam:CreateUser`. Services declare theirs as constants.
package struct Action: Hashable, Sendable, CustomStringConvertible {
    /// `iam`
    package let service: String
    /// `CreateUser`
    package let name: String

    package init(_ service: String, _ name: String) { (self.service, self.name) = (service, name) }

    package var description: String { service + ":" + name }
}
