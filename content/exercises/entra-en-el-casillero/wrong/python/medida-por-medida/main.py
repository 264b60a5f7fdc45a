def entra(a, b, c, x, y, z):
    return (
        (a <= x or a <= y or a <= z)
        and (b <= x or b <= y or b <= z)
        and (c <= x or c <= y or c <= z)
    )
