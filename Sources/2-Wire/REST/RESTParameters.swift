import HTTP
import Smithy

/// Where a REST request carries its members outside the body.
struct RESTParameters {
    let head: RequestHead
    let route: Route

    func label(_ name: String) -> ArraySlice<UInt8>? { route.label(name)?[...] }

    func query(_ name: [UInt8]) -> [ArraySlice<UInt8>] {
        let query = route.query
        return query.parameters.filter { query.name($0).elementsEqual(name) }.map { query.value($0) }
    }

    /// The only header of that name. A presigned request may carry an `x-amz-` header as a query parameter.
    func header(_ name: [UInt8]) -> ArraySlice<UInt8>? {
        if let range = head.first(named: name) { return head.bytes(range) }
        guard RESTParameters.isAmazon(name[...]), name != RESTParameters.announcement else { return nil }
        return route.query.parameters.first { RESTParameters.isSame(route.query.name($0), name[...]) }.map {
            route.query.value($0)
        }
    }

    /// Headers whose names begin so, without the prefix and in lower case, as S3 keeps metadata. A presigned request may
    /// carry those too as query parameters; the header of the same name is meant where there is one.
    func headers(prefix: [UInt8]) -> [(name: String, value: ArraySlice<UInt8>)] {
        let given = head.fields.compactMap { field in
            RESTParameters.rest(of: head.bytes(field.name), after: prefix).map { ($0, head.bytes(field.value)) }
        }
        guard RESTParameters.isAmazon(prefix[...]), !route.query.parameters.isEmpty else { return given }
        let carried = route.query.parameters.compactMap { parameter in
            RESTParameters.rest(of: route.query.name(parameter), after: prefix).map {
                ($0, route.query.value(parameter))
            }
        }
        return given + carried.filter { parameter in !given.contains { $0.0 == parameter.0 } }
    }

    /// What follows the prefix of a name, in lower case; nil where it has another or nothing follows.
    private static func rest(of name: ArraySlice<UInt8>, after prefix: [UInt8]) -> String? {
        guard name.count > prefix.count, isSame(name.prefix(prefix.count), prefix[...]) else { return nil }
        return String(decoding: name.dropFirst(prefix.count).map { RequestHead.lowered($0) }, as: UTF8.self)
    }

    /// The values of a header that is a list: separated by commas, blanks around them dropped.
    static func list(_ value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        value.split(separator: UInt8(ascii: ",")).map { part in
            let start = part.firstIndex { $0 != 0x20 } ?? part.endIndex
            let end = (part.lastIndex { $0 != 0x20 } ?? part.startIndex - 1) + 1
            return part[start..<max(start, end)]
        }
    }

    /// An SDK's hint of a checksum that it sends. Some put it into the links they sign, where S3 takes no notice of it.
    /// - Source: LocalStack's issue 12169, on links of the JavaScript SDK v3.
    private static let announcement = Array("x-amz-sdk-checksum-algorithm".utf8)

    static func isAmazon(_ name: ArraySlice<UInt8>) -> Bool { isSame(name.prefix(6), Array("x-amz-".utf8)[...]) }

    static func isSame(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { RequestHead.lowered($0) == RequestHead.lowered($1) }
    }
}
