def cadena(llamadas):
    personas = {}
    for llama, recibe in llamadas:
        personas.setdefault(llama, [])
        personas.setdefault(recibe, [])
        if recibe not in personas[llama]:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    quedan = set(cadena(llamadas))
    for llama, recibe in llamadas:
        quedan.discard(recibe)
    return sorted(quedan)
