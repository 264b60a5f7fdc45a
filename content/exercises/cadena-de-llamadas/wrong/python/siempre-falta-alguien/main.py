def cadena(llamadas):
    personas = {}
    for llama, recibe in llamadas:
        personas.setdefault(llama, [])
        personas.setdefault(recibe, [])
        if recibe != llama and recibe not in personas[llama]:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    quedan = set(cadena(llamadas))
    for llama, recibe in llamadas:
        if llama != recibe:
            quedan.discard(recibe)
    ordenadas = [min(quedan)]
    for persona in sorted(quedan):
        if persona != ordenadas[0]:
            ordenadas.append(persona)
    return ordenadas
