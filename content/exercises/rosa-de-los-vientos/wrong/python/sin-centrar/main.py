def rumbo(grados):
    nombres = ["N", "NE", "E", "SE", "S", "SO", "O", "NO"]
    return nombres[grados % 360 // 45]
