import AWS
import Formats
import HTTP
import World

/// An event as the JSON text of its CloudTrail record, in the order real log files have.
extension Event {
    /// The record format's version.
    private static let version = "1.11"
    private static let longestText = 1024
    /// 100 KB each for requestParameters and responseElements, 28 KB for additionalEventData; larger ones are left out.
    private static let largestParameters = 100 * 1024
    private static let largestAdditionalData = 28 * 1024

    public func record() -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.beginObject()
        json.member("eventVersion", Event.version)
        json.key("userIdentity")
        identity.write(to: &json)
        json.member("eventTime", time.iso8601)
        json.member("eventSource", source)
        json.member("eventName", name)
        json.member("awsRegion", region.description)
        json.member("sourceIPAddress", sourceAddress)
        if let userAgent { json.member("userAgent", Event.shortened(userAgent)) }
        if let errorCode { json.member("errorCode", errorCode) }
        if let errorMessage { json.member("errorMessage", Event.shortened(errorMessage)) }
        write("requestParameters", requestParameters, to: &json)
        write("responseElements", errorCode == nil ? responseElements : nil, to: &json)
        if let additionalData, additionalData.count <= Event.largestAdditionalData {
            json.key("additionalEventData")
            json.raw(additionalData)
        }
        writeTail(to: &json)
        json.endObject()
        return json.bytes
    }

    private func write(_ key: String, _ value: [UInt8]?, to json: inout JSONWriter) {
        if let value, value.count > Event.largestParameters { return }
        json.key(key)
        if let value { json.raw(value) } else { json.null() }
    }

    private func writeTail(to json: inout JSONWriter) {
        json.member("requestID", requestID)
        json.member("eventID", id)
        json.key("readOnly")
        json.bool(isReadOnly)
        if !resources.isEmpty { writeResources(to: &json) }
        json.member("eventType", "AwsApiCall")
        if let apiVersion { json.member("apiVersion", apiVersion) }
        json.key("managementEvent")
        json.bool(category == .management)
        json.member("recipientAccountId", account.description)
        json.member("eventCategory", category == .management ? "Management" : "Data")
        guard let tls else { return }
        json.key("tlsDetails")
        json.beginObject()
        json.member("tlsVersion", tls.version)
        json.member("cipherSuite", tls.cipherSuite)
        if let host { json.member("clientProvidedHostHeader", host) }
        json.endObject()
    }

    private func writeResources(to json: inout JSONWriter) {
        json.key("resources")
        json.beginArray()
        for resource in resources {
            json.beginObject()
            if let account = resource.account { json.member("accountId", account.description) }
            json.member("type", resource.type)
            json.member("ARN", resource.arn)
            json.endObject()
        }
        json.endArray()
    }

    /// At most 1 KB of UTF-8, cut between characters.
    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > longestText else { return text }
        var cut = ""
        var count = 0
        for character in text {
            count += character.utf8.count
            if count > longestText { break }
            cut.append(character)
        }
        return cut
    }
}
