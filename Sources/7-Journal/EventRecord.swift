import AWS
import Formats
import HTTP
import World

/// An event as the JSON text of its CloudTrail record, in the order real log files have.
///
/// Written member by member, each with the comma and the colon before it as one piece: it is done for every call.
extension Event {
    private static let longestText = 1024
    /// 100 KB each for requestParameters and responseElements, 28 KB for additionalEventData; larger ones are left out.
    private static let largestParameters = 100 * 1024
    private static let largestAdditionalData = 28 * 1024

    public func record() -> [UInt8] {
        var record = ByteWriter(reserving: 1024)
        write(to: &record)
        return record.bytes
    }

    func write(to record: inout ByteWriter) {
        record.literal(#"{"eventVersion":"1.11","userIdentity":"#)
        identity.write(to: &record)
        record.member(#","eventTime":"#, time)
        record.member(#","eventSource":"#, source)
        record.member(#","eventName":"#, name)
        record.member(#","awsRegion":"#, region.description)
        record.member(#","sourceIPAddress":"#, sourceAddress)
        if let userAgent { record.member(#","userAgent":"#, Event.shortened(userAgent)) }
        if let errorCode { record.member(#","errorCode":"#, errorCode) }
        if let errorMessage { record.member(#","errorMessage":"#, Event.shortened(errorMessage)) }
        Event.write(#","requestParameters":"#, requestParameters, to: &record)
        Event.write(#","responseElements":"#, errorCode == nil ? responseElements : nil, to: &record)
        if let additionalData, additionalData.count <= Event.largestAdditionalData {
            record.literal(#","additionalEventData":"#)
            record.bytes(additionalData)
        }
        writeTail(to: &record)
    }

    private static func write(_ key: StaticString, _ value: [UInt8]?, to record: inout ByteWriter) {
        if let value, value.count > Event.largestParameters { return }
        record.literal(key)
        if let value { record.bytes(value) } else { record.literal("null") }
    }

    private func writeTail(to record: inout ByteWriter) {
        record.member(#","requestID":"#, requestID)
        record.member(#","eventID":"#, id)
        record.literal(isReadOnly ? #","readOnly":true"# : #","readOnly":false"#)
        if !resources.isEmpty { writeResources(to: &record) }
        record.literal(#","eventType":"AwsApiCall""#)
        if let apiVersion { record.member(#","apiVersion":"#, apiVersion) }
        let isManagement = category == .management
        record.literal(isManagement ? #","managementEvent":true"# : #","managementEvent":false"#)
        record.member(#","recipientAccountId":"#, account.description)
        record.literal(isManagement ? #","eventCategory":"Management""# : #","eventCategory":"Data""#)
        if let tls {
            record.member(#","tlsDetails":{"tlsVersion":"#, tls.version)
            record.member(#","cipherSuite":"#, tls.cipherSuite)
            if let host { record.member(#","clientProvidedHostHeader":"#, host) }
            record.literal("}")
        }
        record.literal("}")
    }

    private func writeResources(to record: inout ByteWriter) {
        for index in resources.indices {
            record.literal(index == 0 ? #","resources":[{"# : ",{")
            if let account = resources[index].account {
                record.member(#""accountId":"#, account.description)
                record.literal(",")
            }
            record.member(#""type":"#, resources[index].type)
            record.member(#","ARN":"#, resources[index].arn)
            record.literal("}")
        }
        record.literal("]")
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

extension ByteWriter {
    /// A JSON member. - Parameter key: with its quotes and colon, and what goes before it.
    mutating func member(_ key: StaticString, _ value: String) {
        literal(key)
        json(value)
    }

    /// A time as `"2026-01-02T03:04:05Z"`.
    mutating func member(_ key: StaticString, _ instant: Instant) {
        let time = CivilTime(instant)
        literal(key)
        literal("\"")
        digits(time.year, 4)
        literal("-")
        digits(time.month, 2)
        literal("-")
        digits(time.day, 2)
        literal("T")
        digits(time.hour, 2)
        literal(":")
        digits(time.minute, 2)
        literal(":")
        digits(time.second, 2)
        literal("Z\"")
    }
}
