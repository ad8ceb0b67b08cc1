import Foundation
import Testing

/// AWS's service authorization reference for the services we have.
struct Reference: Sendable {
    private struct Service: Decodable, Sendable {
        let actions: [String: Action]
        let resources: [String: Resource]
    }
    private struct Action: Decodable, Sendable {
        /// Condition keys.
        let c: [String]?
        /// Resource types.
        let r: [String: Requirement]?
    }
    private struct Requirement: Decodable, Sendable {}
    private struct Resource: Decodable, Sendable {
        let arn: String
        /// Condition keys.
        let c: [String]?
    }

    private let services: [String: Service]

    static let shared = Reference()

    private init() {
        let url = Bundle.module.url(forResource: "Reference/authorization", withExtension: "json")
        let data = url.flatMap { try? Data(contentsOf: $0) } ?? Data()
        services = (try? JSONDecoder().decode([String: Service].self, from: data)) ?? [:]
    }

    private func action(_ name: String) -> Action? {
        let parts = name.split(separator: ":").map(String.init)
        return services[parts[0]]?.actions[parts[1]]
    }

    func knows(_ action: String) -> Bool { self.action(action) != nil }

    /// Condition keys of the action itself, such as `iam:PolicyARN`.
    func keys(_ action: String) -> [String] { self.action(action)?.c ?? [] }

    /// The ARN patterns of the resources the action can be asked about, as regular expressions.
    func resources(_ action: String) -> [String] {
        resourceTypes(action).map { type in
            let parts = type.arn.components(separatedBy: "${").enumerated().map { index, part in
                index == 0 ? part : ".+" + part.drop { $0 != "}" }.dropFirst()
            }
            return "^" + parts.joined() + "$"
        }
    }

    /// `aws:ResourceTag/` and `iam:ResourceTag/`, where the action's resources have them.
    func resourceTagKeys(_ action: String) -> [String] {
        let keys = resourceTypes(action).flatMap { $0.c ?? [] }
        return Set(
            keys.filter { $0.contains("ResourceTag/") }.map { $0.replacingOccurrences(of: "${TagKey}", with: "") }
        ).sorted()
    }

    private func resourceTypes(_ action: String) -> [Resource] {
        let service = String(action.split(separator: ":")[0])
        let names = self.action(action)?.r?.keys.sorted() ?? []
        return names.compactMap { services[service]?.resources[$0] }
    }
}
