def marea_mas_alta(alturas):
    pass
