import Door
import KeyEngine

extension KMSService {
    /// What keys do.
    static func cryptography(_ keys: Keys, _ engine: any KeyEngine) -> [AnyOperation] {
        let publicKeys = PublicKeys(engine)
        let cipher = TextCipher(engine: engine, publicKeys: publicKeys)
        return [
            .worked(Decrypt(keys: keys, cipher: cipher)),
            .worked(DeriveSharedSecret(keys: keys, engine: engine)),
            .worked(Encrypt(keys: keys, cipher: cipher)),
            .worked(GenerateDataKey(keys: keys, cipher: cipher)),
            .worked(GenerateDataKeyPair(keys: keys, cipher: cipher)),
            .worked(GenerateDataKeyPairWithoutPlaintext(keys: keys, cipher: cipher)),
            .worked(GenerateDataKeyWithoutPlaintext(keys: keys, cipher: cipher)),
            .worked(GenerateMac(keys: keys, engine: engine)),
            .worked(GenerateRandom(engine: engine)),
            .worked(GetPublicKey(keys: keys, publicKeys: publicKeys)),
            .worked(ReEncrypt(keys: keys, cipher: cipher)),
            .worked(Sign(keys: keys, engine: engine)),
            .worked(Verify(keys: keys, engine: engine, publicKeys: publicKeys)),
            .worked(VerifyMac(keys: keys, engine: engine)),
        ]
    }
}
