import World

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func hex(_ text: String) -> [UInt8] { Hexadecimal.decode(Array(text.utf8)) ?? [] }
