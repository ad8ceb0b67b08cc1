import HTTP
import S3API
import S3ControlAPI
import Smithy
import Testing
import World
@testable import Wire

/// Defends: REST XML, as S3 and S3 Control speak it.
struct RESTTests {
    @Test func readsLabelsQueryAndHeaders() throws {
        let decoded = try decodeREST(
            S3.GetObject.self, "/b1/Gr%C3%B6%C3%9Fe//x?versionId=7&response-content-type=a%2Fb&x-id=GetObject",
            headers: [
                ("Range", "bytes=0-1"), ("If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT"), ("X-Amz-Date", "x"),
            ])
        #expect(decoded.input.bucket == "b1")
        #expect(decoded.input.key == "Größe//x")
        #expect(decoded.input.versionId == "7")
        #expect(decoded.input.responseContentType == "a/b")
        #expect(decoded.input.range == "bytes=0-1")
        #expect(decoded.input.ifModifiedSince == Instant(milliseconds: 1_767_323_045_000))
        #expect(decoded.unknownParameters == [])
    }

    @Test func whatCallersWriteForTheAccessLogIsNoParameter() throws {
        #expect(try decodeREST(S3.GetObject.self, "/b1/k?x-user=a&x-=b").unknownParameters == [])
        #expect(
            try decodeREST(S3.GetObject.self, "/b1/k?x-amz-user=a&X-AMZ-b=c").unknownParameters
                == ["x-amz-user", "X-AMZ-b"])
        #expect(try decodeREST(S3.ListObjects.self, "/b1?bucket=b1&key=k&etag=e").unknownParameters == [])
        #expect(try decodeREST(S3.ListObjects.self, "/b1?bucket=b1&key=k").unknownParameters == ["bucket", "key"])
        #expect(
            try decodeREST(S3.ListObjectsV2.self, "/b1?list-type=2&bucket=b1&key=k&etag=e").unknownParameters
                == ["bucket", "key", "etag"])
    }

    @Test func readsMetadataInLowerCase() throws {
        let input = try decodeREST(
            S3.PutObject.self, "/b1/k", headers: [("X-Amz-Meta-Colour", "Red"), ("x-amz-meta-b", "")]
        ).input
        #expect(input.metadata == ["colour": "Red", "b": ""])
        guard case .request = input.body else { throw WireError("NoBody", "") }
    }

    /// Defends: what a presigned URL carries instead of headers is read as headers.
    @Test func readsHoistedHeaders() throws {
        let decoded = try decodeREST(
            S3.GetObject.self, "/b1/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&x-amz-checksum-mode=ENABLED")
        #expect(decoded.input.checksumMode == .enabled)
        #expect(decoded.unknownParameters == [])
    }

    @Test func namesWhatItDoesNotKnow() throws {
        let decoded = try decodeREST(
            S3.GetObject.self, "/b1/k?colour=red",
            headers: [("x-amz-colour", "red"), ("x-amz-sdk-request", "1"), ("Accept", "*")])
        #expect(decoded.unknownParameters == ["colour", "x-amz-colour"])
    }

    @Test func readsXML() throws {
        let body = """
            <?xml version="1.0" encoding="UTF-8"?><!-- c --><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Quiet>true</Quiet><Object><Key>a&amp;b&#x20;<![CDATA[<c>]]></Key></Object>
              <Object><Key>d</Key><VersionId>1</VersionId></Object>
            </Delete>
            """
        let input = try decodeREST(S3.DeleteObjects.self, "/b1?delete", body: body).input
        #expect(input.delete.objects.map(\.key) == ["a&b <c>", "d"])
        #expect(input.delete.objects.map(\.versionId) == [nil, "1"])
        #expect(input.delete.quiet == true)
    }

    /// Defends: what AWS allows a request to list is read, however the client writes it.
    @Test func readsTenThousandPartsWithChecksums() throws {
        let parts = (1...10_000).map { number in
            """
              <Part>
                <ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>
                <ChecksumCRC32C>AAAAAA==</ChecksumCRC32C>
                <ChecksumSHA256>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ChecksumSHA256>
                <PartNumber>\(number)</PartNumber>
              </Part>

            """
        }
        let body = "<CompleteMultipartUpload>\n" + parts.joined() + "</CompleteMultipartUpload>"
        let input = try decodeREST(S3.CompleteMultipartUpload.self, "/b1/k?uploadId=u", body: body).input
        #expect(input.multipartUpload?.parts?.count == 10_000)
        #expect(input.multipartUpload?.parts?.last?.partNumber == 10_000)
        #expect(input.multipartUpload?.parts?.last?.eTag == "\"d41d8cd98f00b204e9800998ecf8427e\"")
    }

    @Test func readsAThousandRulesWithTags() throws {
        let tags = (0..<10).map { "<Tag><Key>k\($0)</Key><Value>v</Value></Tag>" }.joined()
        let rules = (0..<1000).map { number in
            "<Rule><ID>\(number)</ID><Filter><And><Prefix>p\(number)/</Prefix>\(tags)</And></Filter>"
                + "<Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
        }
        let body = "<LifecycleConfiguration>" + rules.joined() + "</LifecycleConfiguration>"
        let input = try decodeREST(S3.PutBucketLifecycleConfiguration.self, "/b1?lifecycle", body: body).input
        #expect(input.lifecycleConfiguration?.rules.count == 1000)
        #expect(input.lifecycleConfiguration?.rules.last?.filter?.and?.tags?.count == 10)
    }

    @Test(arguments: [
        "<Delete>", "<Delete><Object><Key>a</Key></Object></Delete>x", "<Remove><Object><Key>a</Key></Object></Remove>",
        "<Delete><Object><Key>a</Key><Colour/></Object></Delete>", "<Delete><Object/></Delete>", "<Delete/>",
        "<Delete><Quiet>perhaps</Quiet><Object><Key>a</Key></Object></Delete>", "not XML",
        "<Delete><Quiet>true</Quiet><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>",
        "<Delete>text<Object><Key>a</Key></Object></Delete>", "<Delete><Object><Key><b/></Key></Object></Delete>",
        "<!DOCTYPE Delete [<!ENTITY e \"x\">]><Delete><Object><Key>&e;</Key></Object></Delete>",
        "<!DOCTYPE Delete SYSTEM \"file:///etc/passwd\"><Delete><Object><Key>a</Key></Object></Delete>",
        "<Delete><Object><Key>&e;</Key></Object></Delete>",
        "<Delete xmlns=\"urn:x\"><Object><Key>a</Key></Object></Delete>",
        "<Delete>" + String(repeating: "<a>", count: 10_000),
        "<Delete>" + String(repeating: "<Object><Key>a</Key></Object>", count: 1001) + "</Delete>",
    ])
    func refusesXML(_ body: String) {
        let error = #expect(throws: WireError.self) { try decodeREST(S3.DeleteObjects.self, "/b1?delete", body: body) }
        #expect(error?.code == "MalformedXML")
        #expect(error?.httpStatus == 400)
    }

    @Test func refusesPlainValues() {
        let count = #expect(throws: WireError.self) {
            try decodeREST(S3.ListObjectsV2.self, "/b1?list-type=2&max-keys=many")
        }
        #expect(count?.code == "InvalidArgument")
        #expect(count?.message == "Provided max-keys not an integer or within integer range")
        let acl = #expect(throws: WireError.self) {
            try decodeREST(S3.CreateBucket.self, "/b1", headers: [("x-amz-acl", "mine")])
        }
        #expect(acl?.code == "InvalidArgument")
        let empty = #expect(throws: WireError.self) { try decodeREST(S3.PutBucketPolicy.self, "/b1?policy") }
        #expect(empty?.code == "MissingRequestBodyError")
        let key = #expect(throws: WireError.self) { try decodeREST(S3.GetObject.self, "/b1/%FF") }
        #expect(key?.code == "InvalidURI")
    }

    @Test func readsTextPayloads() throws {
        let input = try decodeREST(S3.PutBucketPolicy.self, "/b1?policy", body: "{\"Version\":\"2012-10-17\"}").input
        #expect(input.policy == "{\"Version\":\"2012-10-17\"}")
        #expect(try decodeREST(S3.CreateBucket.self, "/b1").input.createBucketConfiguration == nil)
    }

    @Test func writesXML() {
        let codec = Codec(S3.service)
        let list = codec.encode(
            S3.ListObjectsV2.self,
            .init(
                isTruncated: false,
                contents: [
                    S3.Object(
                        key: "a&b", lastModified: Instant(milliseconds: 1_767_323_045_678), eTag: "\"e\"", size: 3)
                ],
                name: "b1", commonPrefixes: [S3.CommonPrefix(prefix: "x/"), S3.CommonPrefix(prefix: "y/")], keyCount: 1),
            testIdentity)
        let expected = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated><Contents>\
            <Key>a&amp;b</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;e&quot;</ETag><Size>3</Size>\
            </Contents><Name>b1</Name><CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>y/</Prefix>\
            </CommonPrefixes><KeyCount>1</KeyCount></ListBucketResult>
            """
        #expect(text(list) == expected)
        #expect(headerText(list).contains("Content-Type: application/xml\r\n"))
        #expect(
            headerText(list).contains("x-amz-request-id: 11112222-3333-4444-5555-666677778888\r\nx-amz-id-2: host\r\n"))
        let buckets = codec.encode(S3.ListBuckets.self, .init(buckets: [S3.Bucket(name: "b")]), testIdentity)
        #expect(
            text(buckets).contains(
                "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Buckets><Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>"
            ))
    }

    /// Defends: S3's one answer whose root holds text.
    @Test func writesLocations() {
        let codec = Codec(S3.service)
        let there = codec.encode(S3.GetBucketLocation.self, .init(locationConstraint: "eu-west-1"), testIdentity)
        #expect(
            text(there).hasSuffix(
                "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1</LocationConstraint>"))
        let here = codec.encode(S3.GetBucketLocation.self, .init(), testIdentity)
        #expect(
            text(here).hasSuffix(
                "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></LocationConstraint>"))
    }

    @Test func writesHeadersAndBodies() throws {
        let codec = Codec(S3.service)
        let got = codec.encode(
            S3.GetObject.self,
            .init(
                body: .response(.bytes(Array("hello".utf8))), lastModified: Instant(milliseconds: 1_767_323_045_000),
                contentLength: 5, eTag: "\"e\"", contentType: "text/plain", metadata: ["b": "2", "a": "1"]),
            testIdentity)
        #expect(text(got) == "hello")
        let lines = headerText(got)
        #expect(lines.contains("Last-Modified: Fri, 02 Jan 2026 03:04:05 GMT\r\n"))
        #expect(lines.contains("ETag: \"e\"\r\n") && lines.contains("Content-Type: text/plain\r\n"))
        #expect(lines.contains("x-amz-meta-a: 1\r\nx-amz-meta-b: 2\r\n"))
        #expect(!lines.contains("Content-Length"))
        let head = codec.encode(S3.HeadObject.self, .init(contentLength: 5), testIdentity)
        guard case .headOnly(5?) = head.body else { throw WireError("NoHead", "") }
        let gone = codec.encode(S3.DeleteObject.self, .init(), testIdentity)
        #expect(gone.status == 204)
        guard case .empty = gone.body else { throw WireError("NotEmpty", "") }
        let policy = codec.encode(S3.GetBucketPolicy.self, .init(policy: "{}"), testIdentity)
        #expect(text(policy) == "{}")
    }

    @Test func writesPayloadStructures() {
        let output = S3Control.GetPublicAccessBlock.Output(
            publicAccessBlockConfiguration: .init(blockPublicAcls: true, restrictPublicBuckets: false))
        let response = Codec(S3Control.service).encode(S3Control.GetPublicAccessBlock.self, output, testIdentity)
        #expect(
            text(response).contains(
                "<PublicAccessBlockConfiguration xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\"><BlockPublicAcls>true</BlockPublicAcls><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
            ))
    }

    @Test func writesErrors() throws {
        let codec = Codec(S3.service)
        let error = S3.NoSuchBucket(
            message: "The specified bucket does not exist", fields: [ErrorField("BucketName", "b1")])
        let response = codec.encode(error: error, testIdentity, resource: "/b1")
        let expected = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>b1</BucketName>\
            <Resource>/b1</Resource><RequestId>11112222-3333-4444-5555-666677778888</RequestId><HostId>host</HostId></Error>
            """
        #expect(text(response) == expected)
        #expect(response.status == 404)
        let head = codec.encode(error: error, testIdentity, isHead: true)
        guard case .headOnly = head.body else { throw WireError("NoHead", "") }
        #expect(codec.unknownOperation("GetObjectTorrent").httpStatus == 501)
        #expect(codec.unknownOperation(nil).code == "MethodNotAllowed")
        let control = Codec(S3Control.service).encode(error: S3Control.InvalidRequest(message: "No."), testIdentity)
        #expect(
            text(control).contains(
                "<ErrorResponse xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\"><Error><Type>Sender</Type><Code>InvalidRequest</Code>"
            ))
    }
}
