import S3API
import Smithy
import Storage
import Testing

@testable import Door
@testable import S3Service

/// A website's rules are kept whole and followed in their order; its visitors read as anybody.
struct WebsiteTests {
    private func put(_ yard: Yard, _ site: S3.WebsiteConfiguration) async throws {
        _ = try await yard.gate.run(
            PutBucketWebsite(buckets: yard.buckets),
            S3.PutBucketWebsite.Input(bucket: "b-1", websiteConfiguration: site), yard.root)
    }

    private func website(_ yard: Yard, _ bucket: String = "b-1") throws -> HostedWebsite {
        try yard.store.read { snapshot in try BucketWebsites().website(ofBucket: bucket, in: snapshot) }
    }

    @Test func isWhatItsBucketSays() async throws {
        let yard = try Yard()
        try await yard.makeBucket("b-1")
        guard case .noBucket = try website(yard, "other"), case .notHosted = try website(yard) else {
            Issue.record("a website where there is none")
            return
        }
        let rules: [S3.RoutingRule] = [
            .init(
                condition: .init(httpErrorCodeReturnedEquals: "404", keyPrefixEquals: "a/"),
                redirect: .init(hostName: "h", httpRedirectCode: "302", protocol: .https, replaceKeyPrefixWith: "b/")),
            .init(redirect: .init(replaceKeyWith: "\"\u{1F}é")),
        ]
        try await put(
            yard, .init(errorDocument: .init(key: "e"), indexDocument: .init(suffix: "i"), routingRules: rules))
        guard case .site(let site) = try website(yard), case .pages("i", "e", let kept) = site.plan else {
            Issue.record("no website")
            return
        }
        #expect(kept.count == 2 && kept[0].target("a/x") == "b/x" && kept[1].target("a/x") == "\"\u{1F}é")
        #expect(kept[0].holds("a/x", 404) && !kept[0].holds("a/x", 403) && !kept[0].holds("a/x", nil))
        #expect(!kept[0].holds("A/x", 404) && kept[1].holds("", nil) && !kept[1].holds("", 404))
        #expect((kept[0].status, kept[1].status) == (302, 301))
        let record = try await yard.records(1)[0]
        #expect(record.contains(#""website":"""#) && record.contains(#""RoutingRule":[{"Condition":"#))
        try await put(yard, .init(redirectAllRequestsTo: .init(hostName: "h")))
        guard case .site(let other) = try website(yard) else { return }
        #expect(other.plan == .elsewhere(host: "h", scheme: nil))
    }

    @Test func goesWithItsBucket() async throws {
        let yard = try Yard()
        try await yard.makeBucket("b-1")
        try await put(yard, .init(indexDocument: .init(suffix: "i")))
        _ = try await yard.gate.run(
            DeleteBucket(objects: yard.objects), S3.DeleteBucket.Input(bucket: "b-1"), yard.root)
        try await yard.makeBucket("b-1")
        guard case .notHosted = try website(yard) else {
            Issue.record("the website of a bucket that is no more")
            return
        }
    }
}
