import HTTP
import Smithy

/// Finds the operation of a REST service by method, path and markers, over all operations of the model.
///
/// Among the operations whose path and markers fit, the one with the most markers is meant; between equals, the one
/// whose required parameters and headers are all there (`uploadId` makes GetObject ListParts). A request that holds a
/// marker of some other operation is nobody's: it is never taken for the plain operation of the same path.
struct RESTMatcher: Sendable {
    private struct Candidate: Sendable {
        let operation: KnownOperation
        let template: URITemplate
        let requiredQuery: [[UInt8]]
        let isDeprecated: Bool
        var rank: Int { template.markers.count }
        var requiredCount: Int { requiredQuery.count + operation.requiredHeaders.count }
    }

    private let byMethod: [String: [Candidate]]
    private let markerNames: Set<[UInt8]>

    init(_ service: ServiceModel) {
        let candidates = service.operations.map { operation in
            Candidate(
                operation: operation, template: URITemplate(operation.uri),
                requiredQuery: operation.requiredQuery.map { Array($0.utf8) }, isDeprecated: operation.isDeprecated)
        }
        byMethod = Dictionary(grouping: candidates) { $0.operation.method }
        markerNames = Set(candidates.flatMap { $0.template.markers.map(\.name) })
    }

    /// - Parameter path: with the bucket of a virtual-hosted request put before it.
    func match(_ head: RequestHead, path: ArraySlice<UInt8>, query: QueryString) -> (
        name: String?, labels: [Route.Label]
    ) {
        var best: (candidate: Candidate, labels: [Route.Label])?
        for candidate in byMethod[head.text(head.method)] ?? [] {
            guard candidate.template.markersHold(in: query), let labels = candidate.template.labels(of: path) else {
                continue
            }
            if let current = best, !isBetter(candidate, than: current.candidate, head, query) { continue }
            best = (candidate, labels)
        }
        guard let best else { return (nil, labelsOfResource(path)) }
        let own = best.candidate.template.markers.map(\.name)
        let hasForeignMarker = query.parameters.contains { parameter in
            let name = Array(query.name(parameter))
            return markerNames.contains(name) && !own.contains(name)
        }
        return (hasForeignMarker ? nil : best.candidate.operation.name, best.labels)
    }

    private func isBetter(_ one: Candidate, than other: Candidate, _ head: RequestHead, _ query: QueryString) -> Bool {
        if one.rank != other.rank { return one.rank > other.rank }
        let (first, second) = (isComplete(one, head, query), isComplete(other, head, query))
        if first != second { return first }
        if one.requiredCount != other.requiredCount { return first == (one.requiredCount > other.requiredCount) }
        return other.isDeprecated && !one.isDeprecated
    }

    private func isComplete(_ candidate: Candidate, _ head: RequestHead, _ query: QueryString) -> Bool {
        candidate.requiredQuery.allSatisfy { query.first($0) != nil }
            && candidate.operation.requiredHeaders.allSatisfy { head.first(named: $0.utf8) != nil }
    }

    /// Bucket and key of a path that fits no operation, for the error's sake.
    private func labelsOfResource(_ path: ArraySlice<UInt8>) -> [Route.Label] {
        URITemplate("/{Bucket}/{Key+}").labels(of: path) ?? URITemplate("/{Bucket}").labels(of: path) ?? []
    }
}

extension RequestHead {
    /// The value of the first header of that name, compared without case.
    func first(named name: some Collection<UInt8>) -> Range<Int>? {
        fields.first { field in
            field.name.count == name.count
                && zip(bytes(field.name), name).allSatisfy { RequestHead.lowered($0) == RequestHead.lowered($1) }
        }?.value
    }

    static func lowered(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }
}
