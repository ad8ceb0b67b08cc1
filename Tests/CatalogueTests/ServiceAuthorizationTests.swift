import Catalogue
import Testing

struct ServiceAuthorizationTests {
    @Test func everyServiceCanBeRead() throws {
        // The table is whole: each prefix is found, and what actions refer to is there.
        #expect(ServiceAuthorization.prefixes.count == 455)
        var actions = 0
        for prefix in ServiceAuthorization.prefixes {
            let service = try #require(ServiceAuthorization.find(prefix))
            #expect(service.prefix == prefix && !service.title.isEmpty)
            actions += service.actions.count
            for target in service.actions.flatMap(\.resources) {
                #expect(service.resourceType(target.type) != nil, "\(prefix) \(target.type)")
            }
        }
        #expect(actions == 21_788)
    }

    @Test func namesAreFoundWhateverTheirCase() throws {
        let service = try #require(ServiceAuthorization.find("S3"))
        let action = try #require(service.action("getobject"))
        #expect(action.name == "GetObject" && action.levels == [.read])
        #expect(action.resources.map(\.type) == ["accesspointobject", "object"])
        #expect(service.resourceType("object")?.arns == ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"])
        #expect(service.key("S3:existingobjecttag/Team")?.type == "String")
        #expect(service.key("s3:TlsVersion")?.type == "Numeric")
        #expect(service.key("s3:tls") == nil)
        #expect(ServiceAuthorization.find("nothing") == nil)
        #expect(ServiceAuthorization.find("apigateway")?.resourceType("Stages")?.arns.count == 2)
    }

    @Test func globalKeys() {
        #expect(GlobalConditionKeys.all.count == 61)
        #expect(GlobalConditionKeys.find("AWS:principaltag/team")?.key.type == "String")
        #expect(GlobalConditionKeys.find("aws:PrincipalTag/") == nil)
        #expect(GlobalConditionKeys.find("aws:tagkeys")?.key.isMultivalued == true)
        #expect(GlobalConditionKeys.find("aws:nothing") == nil)
    }
}
