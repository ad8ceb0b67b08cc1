import Authorization
import Catalogue

/// An action with what AWS publishes about it.
struct KnownAction: Sendable {
    /// As the catalogue spells it; as it was used where the catalogue has none.
    let name: String
    let service: ServiceAuthorization?
    let entry: ServiceAuthorization.Action?
    /// The templates of the resource types it acts on, or of all of its service's where the action is not known.
    let templates: [ResourceTemplate]

    init(_ action: String) {
        let parts = action.split(separator: ":", maxSplits: 1)
        service = parts.count == 2 ? ServiceAuthorization.find(String(parts[0])) : nil
        entry = service.flatMap { $0.action(String(parts[1])) }
        if let service, let entry {
            name = service.prefix + ":" + entry.name
        } else {
            name = action
        }
        guard let service else {
            templates = []
            return
        }
        let types = entry?.resources.compactMap { service.resourceType($0.type) } ?? service.resourceTypes
        templates = types.flatMap { type in type.arns.compactMap { ResourceTemplate($0, type: type.name) } }
    }

    /// The service prefix.
    var prefix: String { String(name.prefix { $0 != ":" }) }

    /// True for actions that policies can allow on `*` only.
    var hasNoResourceTypes: Bool { entry?.resources.isEmpty ?? false }

}
