def descifrar(mensaje):
    palabras = []
    for palabra in mensaje.split(" "):
        palabras.append(palabra[::-1])
    return " ".join(palabras)
