def descifrar(mensaje):
    resultado = ""
    palabra = ""
    for signo in mensaje:
        palabra = signo
        if not signo.isalpha():
            resultado += signo
    return resultado + palabra
