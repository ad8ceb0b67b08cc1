import AWS
import HTTP
import Smithy

/// An error as a website's visitor sees it.
/// - Source: S3 User Guide, "Configuring a custom error document"; the form as S3 was seen to answer.
struct WebsiteError: Error {
    let code: String
    let status: Int
    let message: String
    /// What the error is about, such as the key.
    let details: [(name: String, value: String)]
    let headers: [ErrorField]

    init(
        _ code: String, _ status: Int, _ message: String, _ details: [(String, String)] = [],
        headers: [ErrorField] = []
    ) {
        (self.code, self.status, self.message) = (code, status, message)
        self.details = details.map { (name: $0.0, value: $0.1) }
        self.headers = headers
    }

    /// - Parameter key: that was read.
    init(_ error: any ServiceError, key: String? = nil) {
        let named = key.flatMap { error.code == "NoSuchKey" ? ("Key", $0) : nil }
        self.init(error.code, error.httpStatus, error.message, named.map { [$0] } ?? [], headers: error.headers)
    }

    static func noBucket(_ name: String) -> WebsiteError {
        WebsiteError("NoSuchBucket", 404, "The specified bucket does not exist", [("BucketName", name)])
    }

    static func notHosted(_ name: String) -> WebsiteError {
        WebsiteError(
            "NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration",
            [("BucketName", name)])
    }

    /// A host that names another Region than the bucket's.
    static func elsewhere(_ name: String, _ region: Region) -> WebsiteError {
        WebsiteError(
            "IncorrectEndpoint", 400,
            "The specified bucket exists in another region. Please direct requests to the specified endpoint.",
            [("BucketName", name), ("Endpoint", "\(name).s3-website-\(region).amazonaws.com")])
    }

    static func method(_ name: String) -> WebsiteError {
        WebsiteError(
            "MethodNotAllowed", 405, "The specified method is not allowed against this resource.",
            [("Method", name), ("ResourceType", "OBJECT")], headers: [ErrorField("Allow", "GET, HEAD, OPTIONS")])
    }

    var title: String {
        switch status {
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 412: "Precondition Failed"
        case 416: "Requested Range Not Satisfiable"
        case 503: "Service Unavailable"
        default: status < 500 ? "Bad Request" : "Internal Server Error"
        }
    }

    var lines: [(name: String, value: String)] {
        [(name: "Code", value: code), (name: "Message", value: message)] + details
    }

    /// The header lines that say the same to programs.
    func tell(_ header: inout HeaderBlock) {
        for line in headers { header.add(name: line.name, line.value) }
        header.add("x-amz-error-code", code)
        header.add("x-amz-error-message", message)
        for detail in details { header.add(name: "x-amz-error-detail-" + detail.name, detail.value) }
    }

    /// A list in HTML, in which no name or value can be anything but text.
    static func list(_ lines: [(name: String, value: String)]) -> String {
        "<ul>\n" + lines.map { "<li>\(escaped($0.name)): \(escaped($0.value))</li>\n" }.joined() + "</ul>\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
