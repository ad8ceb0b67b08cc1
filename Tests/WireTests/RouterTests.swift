import AWS
import HTTP
import Smithy
import Testing
@testable import Wire

/// Defends: every request goes to the service and operation it names, and never to a plainer one of the same path.
struct RouterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let line: String
        var testDescription: String { line }
    }

    /// method, host, target, scope or `-`, then service, operation, bucket and key as expected, `-` for none.
    static let table = """
        GET localhost / s3 → s3 ListBuckets - -
        GET localhost /?x-id=ListBuckets s3 → s3 ListBuckets - -
        GET localhost:4566 /b1 s3 → s3 ListObjects b1 -
        GET localhost /b1/ s3 → s3 ListObjects b1 -
        GET localhost /b1/?list-type=2&prefix=a s3 → s3 ListObjectsV2 b1 -
        GET localhost /b1?list-type=3 s3 → s3 - b1 -
        GET localhost /b1?policy s3 → s3 GetBucketPolicy b1 -
        GET localhost /b1?policy= s3 → s3 GetBucketPolicy b1 -
        POST localhost /b1?policy s3 → s3 - b1 -
        GET localhost /b1?policyStatus s3 → s3 GetBucketPolicyStatus b1 -
        GET localhost /b1?lifecycle s3 → s3 GetBucketLifecycleConfiguration b1 -
        PUT localhost /b1?notification s3 → s3 PutBucketNotificationConfiguration b1 -
        GET localhost /b1?analytics s3 → s3 ListBucketAnalyticsConfigurations b1 -
        GET localhost /b1?analytics&id=7 s3 → s3 GetBucketAnalyticsConfiguration b1 -
        GET localhost /b1?acl&policy s3 → s3 - b1 -
        GET localhost /b1?torrent s3 → s3 - b1 -
        GET localhost /b1/k?torrent s3 → s3 GetObjectTorrent b1 k
        GET localhost /b1/k?policy s3 → s3 - b1 k
        GET localhost /b1/k?uploadId=7 s3 → s3 ListParts b1 k
        GET localhost /b1/k?uploads s3 → s3 - b1 k
        GET localhost /b1/k?attributes s3 → s3 GetObjectAttributes b1 k
        GET localhost /b1/k?versionId=7 s3 → s3 GetObject b1 k
        GET localhost /b1//k s3 → s3 GetObject b1 /k
        GET localhost /b1/a%2Fb%20c+d s3 → s3 GetObject b1 a/b c+d
        GET localhost /b1/dir/ s3 → s3 GetObject b1 dir/
        HEAD localhost /b1/k s3 → s3 HeadObject b1 k
        HEAD localhost /b1 s3 → s3 HeadBucket b1 -
        DELETE localhost /b1/k?tagging s3 → s3 DeleteObjectTagging b1 k
        DELETE localhost /b1/k?uploadId=7 s3 → s3 AbortMultipartUpload b1 k
        POST localhost /b1?delete s3 → s3 DeleteObjects b1 -
        POST localhost /b1/k?uploads s3 → s3 CreateMultipartUpload b1 k
        POST localhost /b1/k?select&select-type=2 s3 → s3 SelectObjectContent b1 k
        PUT localhost /b1/k s3 → s3 PutObject b1 k
        PUT localhost /b1/k?partNumber=1&uploadId=7 s3 → s3 UploadPart b1 k
        PUT localhost /b1/k?renameObject s3 → s3 RenameObject b1 k
        PATCH localhost /b1/k s3 → s3 - b1 k
        GET localhost /b1/k - → s3 GetObject b1 k
        GET b1.s3.localhost /k s3 → s3 GetObject b1 k
        GET b1.localhost /k s3 → s3 GetObject b1 k
        GET b1.localhost / s3 → s3 ListObjects b1 -
        GET b1.s3.us-west-2.amazonaws.com /k s3 → s3 GetObject b1 k
        GET my.dotted.bucket.s3.amazonaws.com /k s3 → s3 GetObject my.dotted.bucket k
        GET b1.s3-us-west-2.amazonaws.com /k s3 → s3 GetObject b1 k
        GET s3.amazonaws.com /b1/k s3 → s3 GetObject b1 k
        GET 127.0.0.1:4566 /b1/k s3 → s3 GetObject b1 k
        GET [::1]:4566 /b1/k s3 → s3 GetObject b1 k
        GET B1.s3.localhost:4566 http://b1.s3.localhost/k s3 → s3 GetObject b1 k
        POST localhost /b1 - → s3 - b1 -
        POST b1.s3-website-us-east-1.localhost / - → s3 - b1 -
        GET b1.s3-website-us-east-1.localhost /k iam → s3 GetObject b1 k
        GET b1.s3-website.localhost /k - → s3 GetObject b1.s3-website k
        GET localhost /v20180820/configuration/publicAccessBlock s3 → s3 GetObject v20180820 configuration/publicAccessBlock
        GET 123456789012.s3-control.us-east-1.amazonaws.com /v20180820/configuration/publicAccessBlock s3 → s3control GetPublicAccessBlock - -
        GET 123456789012.s3-control.us-east-1.amazonaws.com /v20180820/accesspoint/door/scope s3 → s3control GetAccessPointScope - -
        GET door-123456789012.s3-accesspoint.us-west-2.amazonaws.com /a/b s3 → s3 GetObject arn:aws:s3:us-west-2:123456789012:accesspoint/door a/b
        GET door-123456789012.s3-accesspoint.dualstack.us-west-2.amazonaws.com / - → s3 ListObjects arn:aws:s3:us-west-2:123456789012:accesspoint/door -
        GET door.s3-accesspoint.us-west-2.amazonaws.com /k s3 → s3 GetObject door k
        PUT cloudtrail.localhost /photos s3 → s3 PutObject cloudtrail photos
        PUT fips.localhost /photos s3 → s3 PutObject fips photos
        DELETE eu-west-1.localhost /photos s3 → s3 DeleteObject eu-west-1 photos
        PUT backup.eu-west-1.localhost /photos s3 → s3 PutObject backup.eu-west-1 photos
        PUT iam.s3.localhost /photos s3 → s3 PutObject iam photos
        PUT iam.s3.eu-west-1.localhost /photos s3 → s3 PutObject iam photos
        GET door-123456789012.localhost /k s3 → s3 GetObject door-123456789012 k
        GET localhost /arn%3Aaws%3As3%3Aus-west-2%3A123456789012%3Aaccesspoint%2Fdoor/k s3 → s3 GetObject arn:aws:s3:us-west-2:123456789012:accesspoint/door k
        POST sts.us-west-2.amazonaws.com / - → sts body - -
        POST iam.amazonaws.com / - → iam body - -
        POST iam.global.api.aws / - → iam body - -
        POST sts-fips.eu-west-1.api.aws / - → sts body - -
        POST sts-fips.us-east-1.amazonaws.com / - → sts body - -
        GET b1.s3.dualstack.us-west-2.amazonaws.com /k - → s3 GetObject b1 k
        GET b1.s3-fips.dualstack.us-west-2.amazonaws.com /k - → s3 GetObject b1 k
        GET b1.s3-external-1.amazonaws.com /k - → s3 GetObject b1 k
        GET global.s3.amazonaws.com /k - → s3 GetObject global k
        GET b1.s3-website-us-east-1.amazonaws.com /k - → s3 GetObject b1 k
        GET 123456789012.s3-control.dualstack.us-east-1.amazonaws.com /v20180820/configuration/publicAccessBlock - → s3control GetPublicAccessBlock - -
        POST localhost / iam → iam body - -
        GET localhost /?Action=GetCallerIdentity&Version=2011-06-15 sts → sts GetCallerIdentity - -
        GET localhost /?Action=Nothing&Version=2011-06-15 sts → sts - - -
        GET localhost /?Action=GetUser&Version=1999-01-01 iam → iam - - -
        """.split(separator: "\n").map { Case(line: String($0)) }

    @Test(arguments: table) func goes(_ line: Case) throws {
        let sides = line.line.split(separator: "→").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        let request = sides[0]
        // A key may hold a blank: what is left over belongs to it.
        let expected = Array(sides[1].prefix(3)) + [sides[1].dropFirst(3).joined(separator: " ")]
        let head = makeHead(request[0], request[2], [("Host", request[1])])
        let route = try #require(testRoute(head, scope: request[3] == "-" ? nil : request[3]))
        let operation: String =
            switch route.operation {
            case .known(let name): name
            case .unknown: "-"
            case .inBody: "body"
            }
        let found = [
            route.service.name, operation, route.bucket.map { String(decoding: $0, as: UTF8.self) } ?? "-",
            route.key.map { String(decoding: $0, as: UTF8.self) } ?? "-",
        ]
        #expect(found == expected)
    }

    /// Defends: what is signed for one host's bucket is no call to another's, whatever the target says.
    @Test func anAbsoluteTargetIsOfTheHostThatIsSigned() {
        for host in ["b2.s3.localhost", "localhost"] {
            let head = makeHead("GET", "http://b1.s3.localhost/k", [("Host", host)])
            guard case .malformed(let error, .restXML) = testRouter.route(head, scopeService: "s3") else {
                Issue.record("\(host) is not the host of the target")
                continue
            }
            #expect(error.code == "InvalidURI")
        }
    }

    /// Defends: a website is told from a bucket by its host alone, in both spellings, and no console answers there.
    @Test func websitesHaveHostsOfTheirOwn() throws {
        let sites = [
            "a.b.s3-website-eu-west-1.localhost:4566", "A.b.s3-website.eu-west-1.localhost",
            "a.b.s3-website-eu-west-1.amazonaws.com",
        ]
        for host in sites {
            let head = makeHead("GET", "/console", [("Host", host)])
            let route = try #require(testRoute(head))
            #expect(route.isWebsite && route.hostBucket == "a.b" && route.region.description == "eu-west-1", "\(host)")
            #expect(testRouter.isForWebsite(head) && testRouter.plainPath(head) == nil)
        }
        let bare = makeHead("GET", "/console", [("Host", "s3-website-eu-west-1.localhost")])
        #expect(testRouter.isForWebsite(bare) && testRouter.plainPath(bare) == nil)
        for host in ["s3-website.localhost", "a.s3-website-nowhere.localhost", "s3-website-eu-west-1.example.com"] {
            #expect(!testRouter.isForWebsite(makeHead("GET", "/", [("Host", host)])), "\(host)")
        }
    }

    /// The names as an operator may give them: in capitals, the one below the other.
    private static let named = Router(
        services: allServices, baseHosts: ["localhost", "corp.example", "S3.Corp.Example", "gate"])

    /// Host and path, then service, bucket, key and account as expected.
    private static let hosts = """
        b1.s3.corp.example:4566 /k → s3 b1 k -
        B1.S3.CORP.EXAMPLE /k → s3 b1 k -
        my.dotted.bucket.s3.corp.example /k → s3 my.dotted.bucket k -
        b1.s3.s3.corp.example /k → s3 b1 k -
        b1.s3.us-west-2.s3.corp.example /k → s3 b1 k -
        b1.corp.example /k → s3 b1 k -
        b1.gate /k → s3 b1 k -
        b1.s3.gate /k → s3 b1 k -
        s3.corp.example /b1/k → s3 b1 k -
        corp.example /b1/k → s3 b1 k -
        gate /b1/k → s3 b1 k -
        b1.localhost /k → s3 b1 k -
        b1.others3.corp.example.org /b2/k → s3 b2 k -
        corp.example.org /b1/k → s3 b1 k -
        investigate /b1/k → s3 b1 k -
        door-123456789012.s3.corp.example /k → s3 door-123456789012 k -
        123456789012.s3.corp.example /v20180820/accesspoint → s3control - - 123456789012
        123456789012.s3-control.us-east-1.gate /v20180820/accesspoint → s3control - - 123456789012
        """.split(separator: "\n").map { Case(line: String($0)) }

    @Test(arguments: hosts) func domainsOfTheOperator(_ line: Case) throws {
        let words = line.line.split(separator: " ").map(String.init)
        var headers = [("Host", words[0])]
        if words[3] == "s3control" { headers.append(("x-amz-account-id", "123456789012")) }
        let routing = RouterTests.named.route(makeHead("GET", words[1], headers), scopeService: "s3")
        guard case .service(let route) = routing else {
            Issue.record("\(routing)")
            return
        }
        let isControl = route.service.name == "s3control"
        let found = [
            route.service.name, route.bucket.map { String(decoding: $0, as: UTF8.self) } ?? "-",
            route.key.map { String(decoding: $0, as: UTF8.self) } ?? "-",
            isControl ? route.hostAccount?.description ?? "-" : "-",
        ]
        #expect(found == Array(words[3...]))
    }

    /// Defends: only right before a name of the server may a label be an access point's, whatever that name begins with.
    @Test(
        arguments: [
            ("door-1.s3.corp.example", "door-1"), ("door-1.corp.example", "door-1"), ("DOOR-1.gate:1", "door-1"),
            ("door-1.127.0.0.1", "door-1"), ("door-1.s3.s3.corp.example", nil), ("door-1.s3.localhost", nil),
            ("door-1.s3-website-us-east-1.gate", nil), ("door-1.s3.amazonaws.com", nil), ("gate", nil),
            ("a.example.org", nil),
        ] as [(String, String?)]) func labels(_ host: String, _ label: String?) throws
    {
        let head = makeHead("GET", "/k", [("Host", host)])
        guard case .service(let route) = RouterTests.named.route(head, scopeService: "s3") else {
            throw WireError("NotRouted", "")
        }
        #expect(route.hostLabel == label)
    }

    /// Defends: below a domain of the operator buckets are websites and services have names, as below localhost; and the
    /// house's own paths are answered at the domain itself, under whatever name.
    @Test func websitesAndServicesBelowADomain() throws {
        let site = makeHead("GET", "/", [("Host", "a.b.s3-website-eu-west-1.s3.corp.example")])
        guard case .service(let route) = RouterTests.named.route(site) else { throw WireError("NotRouted", "") }
        #expect(route.isWebsite && route.hostBucket == "a.b" && route.region.description == "eu-west-1")
        #expect(RouterTests.named.isForWebsite(site) && RouterTests.named.plainPath(site) == nil)
        for host in ["s3.corp.example", "corp.example:4567", "GATE"] {
            let head = makeHead("GET", "/console", [("Host", host)])
            #expect(RouterTests.named.plainPath(head)?.path == "/console" && !RouterTests.named.namesBucket(head))
        }
        for host in ["b1.s3.corp.example", "b1.gate"] {
            let head = makeHead("GET", "/console", [("Host", host)])
            #expect(RouterTests.named.plainPath(head) == nil && RouterTests.named.namesBucket(head))
        }
        guard case .service(let sts) = RouterTests.named.route(makeHead("POST", "/", [("Host", "sts.corp.example")]))
        else { throw WireError("NotRouted", "") }
        #expect(sts.service.name == "sts")
    }

    /// Defends: a header tells copies from plain writes.
    @Test func aCopyIsNoPut() throws {
        let copy = [("Host", "localhost"), ("X-Amz-Copy-Source", "/b2/k")]
        #expect(testRoute(makeHead("PUT", "/b1/k", copy), scope: "s3")?.operationName == "CopyObject")
        let part = makeHead("PUT", "/b1/k?partNumber=1&uploadId=2", copy)
        #expect(testRoute(part, scope: "s3")?.operationName == "UploadPartCopy")
    }

    /// Defends: S3 Control is told from a bucket of the same name by the account it names.
    @Test func accountsGoToControl() throws {
        let head = makeHead(
            "PUT", "/v20180820/configuration/publicAccessBlock",
            [("Host", "123456789012.127.0.0.1:4566"), ("x-amz-account-id", "123456789012")])
        let route = try #require(testRoute(head, scope: "s3"))
        #expect(route.service.name == "s3control")
        #expect(route.operationName == "PutPublicAccessBlock")
        let other = makeHead(
            "PUT", "/v20180820/configuration/publicAccessBlock",
            [("Host", "123456789012.127.0.0.1:4566"), ("x-amz-account-id", "210987654321")])
        #expect(testRoute(other, scope: "s3") == nil)
        #expect(route.hostAccount?.description == "123456789012")
    }

    /// Defends: clients sign for the scope of an access point as for directory buckets, and for nothing else that is here.
    @Test func scopesAreSignedForExpress() throws {
        func route(_ path: String, account: Bool = true, scope: String) -> Route? {
            let headers = [("Host", "127.0.0.1:4566")] + (account ? [("x-amz-account-id", "123456789012")] : [])
            return testRoute(makeHead("GET", path, headers), scope: scope, region: "us-east-1")
        }
        let found = try #require(route("/v20180820/accesspoint/door/scope", scope: "s3express"))
        #expect(found.service.name == "s3control" && found.operationName == "GetAccessPointScope")
        #expect(found.signingName == "s3express")
        #expect(route("/v20180820/accesspoint/door/scope", scope: "s3")?.signingName == "s3")
        #expect(route("/v20180820/accesspoint/door/policy", scope: "s3express") == nil)
        #expect(route("/v20180820/accesspoint/door/scope", account: false, scope: "s3express") == nil)
        #expect(route("/b/k", scope: "s3express") == nil)
    }

    /// Defends: an unsigned form is for STS; targets name JSON services; strangers are told apart.
    @Test func unsignedAndUnknown() throws {
        let form = [("Host", "localhost"), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        var route = try #require(testRoute(makeHead("POST", "/", form)))
        #expect(route.service.name == "sts")
        try route.readBody(Array("Action=AssumeRoleWithWebIdentity&Version=2011-06-15".utf8))
        #expect(route.operationName == "AssumeRoleWithWebIdentity")
        let target = [
            ("Host", "localhost"),
            ("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"),
        ]
        #expect(testRoute(makeHead("POST", "/", target))?.operationName == "LookupEvents")
        guard
            case .unknown(let name, .json) = testRouter.route(
                makeHead("POST", "/", [("Host", "localhost"), ("X-Amz-Target", "Kinesis_20131202.ListStreams")]),
                scopeService: "kinesis", scopeRegion: "us-east-1")
        else { throw WireError("NotUnknown", "") }
        #expect(name == "kinesis")
    }

    /// Defends: the Region of the signature goes before that of the host.
    @Test func regions() {
        let head = makeHead("GET", "/b1", [("Host", "s3.us-west-2.amazonaws.com")])
        #expect(testRoute(head, scope: "s3")?.region.description == "us-west-2")
        #expect(testRoute(head, scope: "s3", region: "eu-west-1")?.region.description == "eu-west-1")
        #expect(testRoute(makeHead("GET", "/b1"), scope: "s3")?.region.description == "us-east-1")
    }

    @Test(arguments: ["*", "b1/k", "ftp://localhost/", "/b1?a=%zz"]) func refusesTargets(_ target: String) {
        guard case .malformed(let error, _) = testRouter.route(makeHead("GET", target)) else {
            Issue.record("\(target) was routed")
            return
        }
        #expect(error.httpStatus == 400)
    }
}
