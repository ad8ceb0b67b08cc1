import Catalogue
import Testing
import World

/// Defends: what is told of AWS's managed policies is what AWS tells of them.
struct ManagedPolicyFactsTests {
    @Test func everyLineCanBeRead() throws {
        var former = ""
        var ids: Set<String> = []
        var known = 0
        for index in 0..<ManagedPolicies.count {
            let policy = ManagedPolicies.policy(at: index)
            let resource = policy.path.dropFirst() + policy.name
            #expect(ManagedPolicies.find(resource)?.arn == policy.arn)
            #expect(former < String(resource), "\(resource)")
            #expect(policy.created <= policy.updated && policy.version.first == "v", "\(resource)")
            #expect(policy.document.first == UInt8(ascii: "{") && policy.document.last == UInt8(ascii: "}"))
            if let id = policy.id {
                known += 1
                ids.insert(id)
                #expect(id.hasPrefix("ANPA"))
            }
            former = String(resource)
        }
        #expect(ManagedPolicies.count == 1568 && known == 889 && ids.count == known)
    }

    @Test func factsAreAWSs() throws {
        let power = try #require(ManagedPolicies.find("PowerUserAccess"))
        #expect(power.version == "v12" && power.id == "ANPAJYRXTHIB4FOVS3ZXS")
        #expect(power.created == Instant(iso8601: "2015-02-06T18:39:47Z"))
        #expect(power.updated == Instant(iso8601: "2026-02-12T17:59:14Z"))
        let firewall = try #require(ManagedPolicies.find("aws-service-role/WAFRegionalLoggingServiceRolePolicy"))
        #expect(firewall.path == "/aws-service-role/" && firewall.name == "WAFRegionalLoggingServiceRolePolicy")
    }
}
