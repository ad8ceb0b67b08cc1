import Formats
import HTTP
import Wire

/// What a browser is told when its form was stored.
/// - Source: S3 API Reference, "POST Object", "success_action_redirect" and "success_action_status".
extension PostedForm {
    /// - Parameter stored: the answer of the PUT, whose header lines stay.
    func answer(to head: RequestHead, _ put: Route, from stored: Response) -> Response {
        guard stored.status == 200 else { return stored }
        let place = Place(head, put)
        let tag = stored.header.value(of: "etag") ?? ""
        var response = stored
        if let target = redirection(place, tag) {
            (response.status, response.body) = (303, .empty)
            response.header.add("Location", target)
            return response
        }
        response.header.add("Location", place.address)
        switch text(of: "success_action_status") {
        case "200": return response
        case "201":
            response.status = 201
            response.header.add("Content-Type", "application/xml")
            response.body = .bytes(place.document(tag))
        default: response.status = 204
        }
        return response
    }

    /// The page to go on with; nil where none is named, or what is named is no page.
    private func redirection(_ place: Place, _ tag: String) -> String? {
        guard let target = text(of: "success_action_redirect") ?? text(of: "redirect") else { return nil }
        let start = target.lowercased()
        guard
            start.hasPrefix("http://") && target.utf8.count > 7 || start.hasPrefix("https://") && target.utf8.count > 8,
            target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let page = target.prefix { $0 != "#" }
        let told = [("bucket", place.bucket), ("key", place.key), ("etag", tag)].map { name, value in
            name + "=" + PercentEncoding.encode(value)
        }
        return page + (page.contains("?") ? "&" : "?") + told.joined(separator: "&") + target.dropFirst(page.count)
    }
}

/// Where an object lies that a form has made.
private struct Place {
    let bucket: String
    let key: String
    let address: String

    init(_ head: RequestHead, _ put: Route) {
        bucket = String(decoding: put.bucket ?? [], as: UTF8.self)
        key = String(decoding: put.key ?? [], as: UTF8.self)
        let scheme = head.connection.tls == nil ? "http" : "https"
        let host = head.text("host") ?? "s3.\(put.region).amazonaws.com"
        let before = put.hostBucket == nil ? "\(host)/\(PercentEncoding.encode(bucket))" : host
        address = "\(scheme)://\(before)/\(PercentEncoding.encode(key))"
    }

    func document(_ tag: String) -> [UInt8] {
        var writer = XMLWriter()
        writer.declaration()
        writer.open("PostResponse")
        writer.element("Location", address)
        writer.element("Bucket", bucket)
        writer.element("Key", key)
        writer.element("ETag", tag)
        writer.close("PostResponse")
        return writer.bytes
    }
}
