def rumbo(grados):
    nombres = ["N", "NE", "E", "SE", "S", "SO", "O", "NO"]
    tramo = (grados % 360 + 22) / 45
    return nombres[tramo % 8]
