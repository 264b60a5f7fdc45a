def descifrar(mensaje):
    palabras = []
    for palabra in mensaje.split():
        final = ""
        while palabra and not palabra[-1].isalpha():
            final = palabra[-1] + final
            palabra = palabra[:-1]
        palabras.append(palabra[::-1] + final)
    return " ".join(palabras)
