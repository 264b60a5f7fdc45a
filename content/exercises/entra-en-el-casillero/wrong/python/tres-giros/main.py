def entra(a, b, c, x, y, z):
    return (
        (a <= x and b <= y and c <= z)
        or (a <= y and b <= z and c <= x)
        or (a <= z and b <= x and c <= y)
    )
