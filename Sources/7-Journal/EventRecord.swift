import AWS
import Formats
import HTTP

/// An event as the JSON text of its CloudTrail record, in the order real log files have.
extension Event {
    private static let longestText = 1024
    /// 100 KB each for requestParameters and responseElements, 28 KB for additionalEventData; larger ones are left out.
    static let largestParameters = 100 * 1024
    private static let largestAdditionalData = 28 * 1024

    public func record() -> [UInt8] { Entry(Entry.pack(self))?.record ?? [] }

    /// Writes the record in parts, behind the head of its row.
    func write(to record: inout ByteWriter) {
        record.part(.begin)
        identity.write(to: &record, of: account)
        record.part(.eventTime)
        record.field(.time)
        record.member(.eventSource, source, as: .source)
        record.member(.eventName, name, as: .name)
        record.member(.region, region.description, as: .region)
        record.member(.sourceAddress, sourceAddress)
        if let userAgent { record.member(.userAgent, Event.shortened(userAgent)) }
        if let errorCode { record.member(.errorCode, errorCode) }
        if let errorMessage { record.member(.errorMessage, Event.shortened(errorMessage)) }
        if let requestParameters {
            if requestParameters.count <= Event.largestParameters {
                record.member(.requestParameters, requestParameters)
            }
        } else {
            record.part(.noRequestParameters)
        }
        if let responseElements, errorCode == nil {
            if responseElements.count <= Event.largestParameters { record.member(.responseElements, responseElements) }
        } else {
            record.part(.noResponseElements)
        }
        if let additionalData, additionalData.count <= Event.largestAdditionalData {
            record.member(.additionalData, additionalData)
        }
        writeTail(to: &record)
    }

    private func writeTail(to record: inout ByteWriter) {
        if kind == .apiCall { record.member(.requestID, requestID) }
        record.member(.eventID, id, as: .id)
        record.part(isReadOnly ? .readOnly : .notReadOnly)
        if !resources.isEmpty { writeResources(to: &record) }
        record.part(typePart)
        if let serviceDetails { record.member(.serviceDetails, serviceDetails) }
        record.part(category == .management ? .management : .notManagement)
        record.member(.recipient, account.description, as: .account)
        if let sharedID { record.member(.sharedEventID, sharedID) }
        record.part(category == .management ? .managementCategory : .dataCategory)
        if let tls {
            record.member(.tls, tls.version)
            record.member(.cipherSuite, tls.cipherSuite)
            if let host { record.member(.host, host) }
            record.literal("}")
        }
        record.literal("}")
    }

    private var typePart: RecordPart {
        switch kind {
        case .apiCall: .eventType
        case .signIn: .signInType
        case .service: .serviceType
        }
    }

    private func writeResources(to record: inout ByteWriter) {
        for index in resources.indices {
            if index == 0 { record.part(.firstResource) } else { record.literal(",{") }
            if let account = resources[index].account {
                record.member(.resourceAccount, account.description)
                record.literal(",")
            }
            record.member(.resourceType, resources[index].type)
            record.member(.resourceARN, resources[index].arn)
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
