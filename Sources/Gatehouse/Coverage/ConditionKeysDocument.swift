import Catalogue
import Door

/// `gatehouse coverage condition-keys`: `Documentation/ConditionKeys.md`, made from the gate's own list of global keys.
enum ConditionKeysDocument {
    static var text: String {
        let rows = GlobalKey.allCases.map { key in
            let declared = GlobalConditionKeys.find(key.rawValue + (key.rawValue.hasSuffix("/") ? "tag" : ""))?.key
            let type = declared.map { ($0.isMultivalued ? "list of " : "") + $0.type } ?? "?"
            return "| `\(key.rawValue)` | \(type) | \(words(key.origin)) |"
        }
        return opening + rows.joined(separator: "\n") + "\n"
    }

    private static let opening = """
        # Global condition keys

        Written by `make coverage` from the gate itself; do not edit.

        The keys that AWS defines for all services, and where a request to this server gets their values. An absent key is
        absent to every condition: positive operators do not match, negated ones and those with `IfExists` do. Keys of
        single services come from the service that is called, as the Service Authorization Reference declares them.

        | key | type | value |
        |---|---|---|

        """

    private static func words(_ origin: GlobalKey.Origin) -> String {
        switch origin {
        case .filled(let source): source
        case .byService(let source): "the service that is called: \(source)"
        case .absent(let reason): "absent: \(reason)"
        }
    }
}
