import Formats

/// An operation's URI: literal segments and labels, and the parameters that a query must hold.
struct URITemplate: Sendable {
    private enum Segment: Sendable, Equatable {
        case literal([UInt8])
        case label(String)
        /// Takes the rest of the path, slashes included; at least one byte.
        case greedy(String)
    }

    /// A parameter in the URI: `policy`, or `list-type=2`.
    struct Marker: Sendable, Equatable {
        let name: [UInt8]
        let value: [UInt8]?
    }

    private let segments: [Segment]
    let markers: [Marker]

    init(_ uri: String) {
        let parts = uri.split(separator: "?", maxSplits: 1)
        segments = (parts.first ?? "").split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(Array(part.utf8)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("+") ? .greedy(String(name.dropLast())) : .label(String(name))
        }
        markers = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { text in
            let halves = text.split(separator: "=", maxSplits: 1)
            return Marker(name: Array(halves[0].utf8), value: halves.count > 1 ? Array(halves[1].utf8) : nil)
        }
    }

    /// The labels of a path, or nil where it is another path. A slash at the end counts for nothing, except in a key.
    /// - Parameter path: percent-encoded; begins with `/`.
    func labels(of path: ArraySlice<UInt8>) -> [Route.Label]? {
        var rest = path.dropFirst()
        var labels: [Route.Label] = []
        for segment in segments {
            guard !rest.isEmpty else { return nil }
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            switch segment {
            case .literal(let bytes): guard rest[..<end].elementsEqual(bytes) else { return nil }
            case .label(let name):
                guard end > rest.startIndex, let value = PercentEncoding.decode(rest[..<end]) else { return nil }
                labels.append(Route.Label(name: name, value: value))
            case .greedy(let name):
                guard let value = PercentEncoding.decode(rest) else { return nil }
                labels.append(Route.Label(name: name, value: value))
                return labels
            }
            rest = end < rest.endIndex ? rest[(end + 1)...] : rest[end...]
        }
        return rest.isEmpty ? labels : nil
    }

    func markersHold(in query: QueryString) -> Bool {
        markers.allSatisfy { marker in
            guard let parameter = query.first(marker.name) else { return false }
            return marker.value.map { query.value(parameter).elementsEqual($0) } ?? true
        }
    }
}
